/**
 * Credentials out of any text and any object, before a model sees it, the journal keeps it or a panel shows it.
 * Three kinds of rule: shapes that are credentials wherever they stand (a GitHub token, a private key), places where
 * credentials stand (an Authorization header, the password of an address) and names that announce one (`password=`).
 * Each rule is written for plain text and looks at every layer of escapes; each reads a text a bounded number of times.
 */
import { findPrivateKeys, findBlockScalars, findSecretObjects } from './redaction/blocks.ts';
import { nameHint, readableBase64 } from './redaction/names.ts';
import { placeholder, placeholders } from './redaction/placeholder.ts';
import { alphabet, longestRun } from './redaction/runs.ts';
import {
  findArguments,
  findAssigned,
  findHeaders,
  findInAddresses,
  findInMarkup,
  findNamed,
  findPairs,
  findSchemes,
  findToolArguments,
} from './redaction/places.ts';
import { findShapes } from './redaction/shapes.ts';
import { plainest, viewsOf } from './redaction/views.ts';
import { isMadeOfWords } from './redaction/words.ts';

export { redactTree } from './redaction/tree.ts';

export interface RedactionOptions {
  /** Takes out e-mail addresses too [false]. */
  readonly emails?: boolean;
  /** Names that are known to be names [none]: they stay to the letter, though they have the form of a token. */
  readonly names?: ReadonlySet<string>;
}

type Span = [start: number, end: number];
type Found = (start: number, end: number) => void;

/** A rule with what every text that it finds something in holds: most texts hold none of it, and are done at once. */
interface Rule {
  readonly needs: RegExp;
  readonly find: (text: string, found: Found) => void;
}
const wherever: readonly Rule[] = [
  { needs: /PRIVATE.KEY|Private-Lines/, find: findPrivateKeys },
  { needs: /:\/\/|jdbc:/i, find: findInAddresses },
];
/** What is a credential by its form alone, and is part of no language. */
const forms: readonly Rule[] = [
  ...wherever,
  { needs: /=/, find: findAssigned },
  { needs: /bearer|basic/i, find: findSchemes },
];
const rules: readonly Rule[] = [
  ...wherever,
  { needs: /\bSecret\b/, find: findSecretObjects },
  { needs: /:[^\S\n]*(?:!!\w+ +)?(?:[|>][+\d-]*)?[^\S\n]*\n/, find: findBlockScalars },
  { needs: /authorization|cookie|bearer|basic|x-goog|x-forw|x-amz/i, find: findHeaders },
  { needs: /value|[{ ][A-Z][A-Z0-9_]+ \S+ (?:nil|<nil>|&Env)/i, find: findPairs },
  { needs: nameHint, find: findAnnounced },
  {
    needs: /curl|\s-[a-z]|htpasswd|AUTH|ACL|identified|pass|:(?:\d{4,5}|\*):/i,
    find: findToolArguments,
  },
];

/** What stands after a name that announces it. */
function findAnnounced(text: string, found: Found): void {
  if (/[=>:"']/.test(text)) findNamed(text, found);
  if (text.includes('-')) findArguments(text, found);
  if (/[<=]/.test(text)) findInMarkup(text, found);
}

/** Words that may be text in base64, and the same over several lines. */
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}/g;
const base64Lines =
  /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,80}\r?\n[ \t]{0,40}){1,400}[A-Za-z0-9+/]{2,}={0,2}/g;

const inBase64 = [
  { least: 16, pattern: base64 },
  { least: 60, pattern: base64Lines },
];
const base64Letters = alphabet('+/_-');

const email = /[\w.+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}/g;

/**
 * Takes credentials out of a text: keys and tokens of well-known issuers, JWTs, private keys, authorization headers,
 * cookies, passwords in addresses and connection strings, values of Secret objects, and whatever is named like one,
 * plain, escaped or in base64. Each becomes `[redacted:1a2b]`, where equal values get equal digits, so that "the same
 * password in both revisions" stays visible. What is not recognised stays to the letter; redacting twice changes nothing more.
 */
export function redact(text: string, options: RedactionOptions = {}): string {
  let result = text;
  // What a placeholder leaves bare may read differently: until nothing is found, and never for long.
  for (let pass = 0; pass < 4; pass++) {
    const spans = credentialsIn(result, { rules, depth: 2, names: options.names });
    if (options.emails === true) spans.push(...emailsIn(result));
    const next = replaced(result, spans);
    if (next === result) break;
    result = next;
  }
  return result;
}

/**
 * Takes out what is a credential by its form alone: tokens of issuers, JWTs, private keys, passwords in addresses,
 * `password=x` and `Bearer x`. A second look at sentences of our own, whose quotes were redacted before they were put in: whatever is said
 * in words, with "Secret database-secret: " before it, stays whole.
 */
export function redactForms(text: string, { names, emails }: RedactionOptions = {}): string {
  const spans = credentialsIn(text, { rules: forms, depth: 0, names });
  return replaced(text, emails === true ? [...spans, ...emailsIn(text)] : spans);
}

function emailsIn(text: string): Span[] {
  return [...text.matchAll(email)].map(({ index, 0: address }) => [index, index + address.length]);
}

/**
 * Whether a text has the form of a token by itself, whatever stands around it. Of a name this says that it has to be
 * known for one: see {@link RedactionOptions.names}.
 */
export function hasFormOfToken(text: string): boolean {
  let has = false;
  findShapes(text, () => (has = true));
  return has;
}

interface Search {
  readonly rules: readonly Rule[];
  /** How many layers of base64 are looked into. */
  readonly depth: number;
  readonly names: ReadonlySet<string> | undefined;
}

function credentialsIn(text: string, search: Search): Span[] {
  const spans: Span[] = [];
  for (const { text: view, at } of viewsOf(text)) {
    const found = (start: number, end: number): void => {
      if (end > start) spans.push(at === undefined ? [start, end] : [at[start] ?? 0, at[end] ?? text.length]);
    };
    findShapes(view, (start, end) => {
      if (search.names === undefined || !isNamed(view, start, end, search.names)) found(start, end);
    });
    for (const { needs, find } of search.rules) if (needs.test(view)) find(view, found);
    if (search.depth > 0) findInBase64(view, { ...search, depth: search.depth - 1 }, found);
  }
  return spans;
}

/** Whether a token is part of a known name, or one with what Kubernetes puts behind it. */
function isNamed(text: string, start: number, end: number, names: ReadonlySet<string>): boolean {
  for (const name of names) {
    const from = text.lastIndexOf(name, start);
    if (from === -1 || from + name.length <= start) continue;
    const rest = text.slice(from + name.length, end);
    if (isMadeOfWords(`x${rest}`)) return true;
  }
  return false;
}

/** @param search of what is in it */
function findInBase64(text: string, search: Search, found: Found): void {
  const longest = longestRun(text, base64Letters);
  for (const { least, pattern } of inBase64) {
    if (longest < least) continue;
    for (const { index, 0: word } of text.matchAll(pattern)) {
      const inner = readableBase64(word);
      if (inner !== undefined && credentialsIn(inner, search).length > 0) found(index, index + word.length);
    }
  }
}

function replaced(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const hidden = [...text.matchAll(placeholders)].map(({ index, 0: all }): Span => [
    index,
    index + all.length,
  ]);
  let result = '';
  let from = 0;
  for (const [start, end] of joined([...spans, ...hidden])) {
    const secret = text.slice(start, end);
    // Placeholders alone, and what is no more than punctuation, stay as they are.
    if (!/[\p{L}\p{N}]/u.test(secret.replace(placeholders, ''))) continue;
    result += text.slice(from, start) + placeholder(plainest(secret));
    from = end;
  }
  return result + text.slice(from);
}

/** In order, those that overlap as one. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
