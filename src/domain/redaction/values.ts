/** Where the value after a name ends: that depends on what it is quoted by and on what kind of line it stands. */

interface Part {
  readonly start: number;
  readonly end: number;
  /** Whether quotes or braces say where it ends. */
  readonly exact?: boolean;
}

/** The most characters of a value in brackets, or in quotes that run over several lines. */
const widest = 4096;

/** What stands before a name on a line that is `name: value` or `name=value` and nothing else. */
const lineStart = /(?:^|\n)[ \t]*(?:- |\? |export |set |ENV |ARG )?["']?[\w./-]{0,100}$/;

/**
 * The value that begins after the separator.
 * @param from right behind the separator
 * @param nameAt where the name begins, for what kind of line it is
 * @param after what separates: `=`, something else, or the two fields of an entry
 * @returns its parts (several in a list) and where reading goes on; undefined where no plain value follows
 */
export function valueAt(
  text: string,
  from: number,
  nameAt: number,
  after: 'equals' | 'other' | 'field',
): { readonly parts: readonly Part[]; readonly end: number } | undefined {
  const gap = sticky(/[ \t]*(?:!!?\w* +|&\w+ +)?/y, text, from);
  let start = from + gap.length;
  const next = sticky(/\r?\n\s{0,200}(?=["'])/y, text, start);
  start += next.length;
  const first = text[start];
  if (first === undefined || first === '\n' || first === '\r') return undefined;
  // How `kubectl describe` shows a Secret.
  if (sticky(/\d{1,9} bytes\b/y, text, start) !== '') return undefined;
  if (first === '"' || first === "'" || first === '`') return quoted(text, start, first);
  if (first === '[') return listed(text, start);
  if (first === '{') {
    // A value of ADO and ODBC that holds separators; anywhere else an object begins.
    const braces = after === 'equals' ? sticky(/\{[^{}"\r\n]{1,512}\}/y, text, start) : '';
    return braces === '' ? undefined : one(start + 1, start + braces.length - 1, start + braces.length, true);
  }
  if (/[<>|*&]/.test(first)) {
    return after === 'equals' && first !== '<' && first !== '>' ? word(text, start) : undefined;
  }
  return whole(text, start, nameAt, after) ?? word(text, start);
}

function quoted(text: string, at: number, quote: string): { parts: Part[]; end: number } | undefined {
  const inside =
    quote === '"'
      ? /(?:[^"\\\r\n]|\\[^\r\n])*/y
      : quote === "'"
        ? /(?:[^'\\\r\n]|''|\\[^\r\n])*/y
        : /[^`\r\n]*/y;
  const start = at + 1;
  const line = sticky(inside, text, start);
  let end = start + line.length;
  if (text[end] !== quote) {
    const further = text.slice(end, end + widest).indexOf(quote);
    if (further !== -1) end += further;
  }
  return end === start ? undefined : one(start, end, end + 1, true);
}

function listed(text: string, at: number): { parts: Part[]; end: number } | undefined {
  // The placeholder of a value that is hidden already.
  if (text.startsWith('[redacted:', at)) return word(text, at);
  const inside = sticky(/[^[\]{}]{1,4096}(?=\])/y, text, at + 1);
  if (inside === '') return undefined;
  const parts: Part[] = [];
  for (const match of inside.matchAll(/"((?:[^"\\]|\\.)+)"|'([^']+)'|([^\s"',]+)/g)) {
    const value = match[1] ?? match[2] ?? match[3] ?? '';
    const start = at + 1 + match.index + (match[3] === undefined ? 1 : 0);
    parts.push({ start, end: start + value.length, exact: match[3] === undefined });
  }
  return { parts, end: at + 1 + inside.length };
}

/** The rest of the line, where the line is this name with its value: YAML, a properties file, `kubectl describe`. */
function whole(
  text: string,
  start: number,
  nameAt: number,
  after: 'equals' | 'other' | 'field',
): { parts: Part[]; end: number } | undefined {
  if (after !== 'field') {
    const reach = Math.max(0, nameAt - 200);
    const before = text.slice(reach, nameAt);
    if (!lineStart.test(reach === 0 || before.includes('\n') ? before : ` ${before}`)) return undefined;
    if (reach > 0 && !before.includes('\n')) return undefined;
    if (after === 'other' && !/[ \t]/.test(text[start - 1] ?? '')) return undefined;
  }
  // Other pairs on the same line, escaped ends of lines, and JSON or code: not a line of its own.
  const beginning = sticky(/[^\r\n]{0,4096}/y, text, start);
  if (/\s[\w.-]+[=:]|\\[nrt"]|["'`]\s*[,}\]]|&\w+=|;\s*\w[\w ]*=/.test(beginning)) return undefined;
  const line = sticky(/[^\r\n]*/y, text, start);
  const value = line.replace(/\s+#.*$/, '').trimEnd();
  return value === '' ? undefined : one(start, start + value.length, start + line.length);
}

/** One word of running text. */
function word(text: string, start: number): { parts: Part[]; end: number } | undefined {
  if (text.startsWith('[redacted:', start)) return { parts: [], end: start + 15 };
  const value = sticky(/(?:[^\s"'`,;&<>\\]|\\(?![nrtbfu"'/\\]))+/y, text, start);
  // What closes a bracket that opened before the value is not part of it.
  const trimmed = /[([{]/.test(value) ? value : value.replace(/[)}\].:]+$/, '');
  return trimmed === '' ? undefined : one(start, start + trimmed.length, start + value.length);
}

function one(start: number, end: number, next: number, exact = false): { parts: Part[]; end: number } {
  return { parts: [{ start, end, exact }], end: next };
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
