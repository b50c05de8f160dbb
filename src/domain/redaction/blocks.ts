/** Credentials of several lines: private keys, values of Secret objects, block scalars of YAML. */
import { announcement, harmless } from './names.ts';

type Found = (start: number, end: number) => void;

const keyBegins = /-{4,5} ?BEGIN[A-Z0-9 +_]{0,40}PRIVATE KEY[A-Z +]{0,10}-{4,5}/g;
const keyEnds = /-{4,5} ?END[A-Z0-9 +_]{0,40}PRIVATE KEY/g;

/** Private keys (PEM, OpenSSH, PGP, SSH2, PuTTY), also when the beginning or the end was cut off. */
export function findPrivateKeys(text: string, found: Found): void {
  let covered = 0;
  for (const begin of text.matchAll(keyBegins)) {
    if (begin.index < covered) continue;
    const from = begin.index + begin[0].length;
    keyEnds.lastIndex = from;
    const end = keyEnds.exec(text);
    covered = end === null ? text.length : end.index + end[0].length;
    found(from, end?.index ?? text.length);
  }
  const first = text.search(keyEnds);
  const begins = text.search(keyBegins);
  if (first !== -1 && (begins === -1 || begins > first)) found(startOfKeyBefore(text, first), first);
  for (const match of text.matchAll(/\bPrivate-Lines: \d{1,4}\s+([A-Za-z0-9+/=\s]+)/g)) {
    found(match.index + match[0].length - (match[1] ?? '').length, match.index + match[0].length);
  }
}

/** Back over lines that end in base64, as the body of a key does; only its last one may be short. */
function startOfKeyBefore(text: string, end: number): number {
  let start = end;
  let least = 4;
  while (start > 0) {
    const before = text.slice(Math.max(0, start - 300), start);
    // From a negative place on, lastIndexOf looks at the first character all the same.
    const newline = before.length < 2 ? -1 : before.lastIndexOf('\n', before.length - 2);
    const line = before.slice(newline + 1);
    const word = /(?:^|[\s"'=:])([A-Za-z0-9+/]{4,76}={0,2})\s*$/.exec(line)?.[1] ?? '';
    if (line.trim() !== '') {
      if (word.length < least) break;
      least = 40;
    }
    start -= line.length;
  }
  return start;
}

const secretKind = /\bkind["']?\s{0,8}:\s{0,8}["']?Secret\b(?!["']?\s*\/)/;
const jsonData = /"(?:data|stringData)"\s*:\s*\{/g;
const jsonEntry = /\s*,?\s*"(?:[^"\\\r\n]|\\.)*"\s*:\s*"((?:[^"\\\r\n]|\\.)*)"?/y;

/** All values of `data` and `stringData` where a text holds a Secret, in JSON and in YAML. */
export function findSecretObjects(text: string, found: Found): void {
  if (!secretKind.test(text)) return;
  for (const open of text.matchAll(jsonData)) {
    jsonEntry.lastIndex = open.index + open[0].length;
    for (let entry = jsonEntry.exec(text); entry !== null; entry = jsonEntry.exec(text)) {
      const value = entry[1] ?? '';
      const end = entry.index + entry[0].length - (entry[0].endsWith('"') ? 1 : 0);
      found(end - value.length, end);
    }
  }
  eachYamlBlock(text, /^(?:- )?["']?(?:data|stringData)["']?:\s*$/, (lines) => {
    for (const { start, end } of lines) {
      const key = /^\s*["']?[\w.-]+["']?:(?:\s+|$)/.exec(text.slice(start, end))?.[0].length ?? 0;
      const value = text.slice(start + key, end);
      if (/^\s*(?:[|>][+\d-]*)?\s*$/.test(value)) continue;
      found(
        start + key + (/^\s*["']?/.exec(value)?.[0].length ?? 0),
        end - (/["']?\s*$/.exec(value)?.[0].length ?? 0),
      );
    }
  });
}

/** Block scalars, and values on a line of their own, after a name that announces a credential. */
export function findBlockScalars(text: string, found: Found): void {
  if (!text.includes(':')) return;
  const head = /^(?:.*["'=])?(?:- )?["']?([\w./-]{1,120})["']?:\s*(?:!!\w+\s+)?(?:[|>][+\d-]*)?\s*$/;
  let name = '';
  let known = false;
  eachYamlBlock(
    text,
    (line) => {
      const key = head.exec(line)?.[1];
      if (key === undefined) return false;
      // An entry of an environment names the value on the line before.
      const announced = announcement(key) === 'strong' || (key === 'value' && known);
      known = false;
      name = key;
      return announced;
    },
    (lines) => {
      const [first, last] = [lines[0], lines.at(-1)];
      if (first === undefined || last === undefined) return;
      const start = first.start + (/^\s*/.exec(text.slice(first.start, first.end))?.[0].length ?? 0);
      const body = text.slice(start, last.end);
      // Another mapping or a list is no scalar.
      if (/^(?:- |["']?[\w.-]+["']?:(?:\s|$)|["'{[])/.test(body) || harmless(name, body)) return;
      found(start, last.end);
    },
    (line) => {
      const entry = /^(?:.*["'=])?(?:- )?name:\s*["']?([\w.-]{1,120})["']?\s*$/.exec(line)?.[1];
      if (entry !== undefined) known = announcement(entry) === 'strong';
    },
  );
}

interface Line {
  readonly start: number;
  readonly end: number;
}

/** Calls `each` with the lines that are further in than the one that `opens` them. */
function eachYamlBlock(
  text: string,
  opens: RegExp | ((line: string) => boolean),
  each: (lines: readonly Line[]) => void,
  other: (line: string) => void = () => undefined,
): void {
  const isOpening = typeof opens === 'function' ? opens : (line: string) => opens.test(line);
  let depth = -1;
  let lines: Line[] = [];
  const close = (): void => {
    if (depth >= 0 && lines.length > 0) each(lines);
    depth = -1;
    lines = [];
  };
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    // The names of YAML are short: of a longer line only its beginning matters here.
    const line = text.slice(start, Math.min(end, start + 300)).replace(/\r$/, '');
    const trimmed = line.trimStart();
    const indent = line.length - trimmed.length;
    if (trimmed !== '') {
      if (depth >= 0 && indent > depth) {
        lines.push({ start, end: text[end - 1] === '\r' ? end - 1 : end });
      } else {
        close();
      }
      if (depth < 0) {
        if (isOpening(trimmed.trimEnd())) depth = indent;
        else other(trimmed.trimEnd());
      }
    }
    start = end + 1;
  }
  close();
}
