/** Places where credentials stand: headers, addresses, flags of tools, and whatever is named like one. */
import { announcement, announcing, harmless, hinting, looksLikeOne, readableBase64 } from './names.ts';
import { valueAt } from './values.ts';

type Found = (start: number, end: number) => void;

/** The end of a name: what it is quoted or indexed by. */
const closing = `["'\`\\])]{0,2}`;
const separator = `[ \\t]{0,40}(?:=>|->|:=|={1,2}|:)`;

/** `password=`, `"password":`, `['password'] =>`; also the pairs that programs print as `('password', 'x')`. */
const named = new RegExp(
  `(?<name>${announcing})(?:${closing}${separator}|["']\\s{0,8},\\s{0,8}(?=["'])|\\s{0,2}\\(hex\\):)`,
  'gi',
);
const hinted = new RegExp(
  `(?<name>${hinting})${closing}${separator}[ \\t]*["']?(?<secret>[\\w+/=~.!-]{8,512})`,
  'gi',
);
const tupleBefore = /\(\s{0,8}["'][\w.-]{0,80}$/;
/** `AWS Secret Access Key [None]: x`: names in words, where only the value tells that it is more than a sentence. */
const worded =
  /\b(?:api|access|secret|private|account|license) key(?: \[[^\]]{0,40}\])?[ \t]{0,8}[:=][ \t]*["']?(?<secret>[\w+/=-]{12,512})/gi;

/** Values after a name that announces a credential. */
export function findNamed(text: string, found: Found): void {
  named.lastIndex = 0;
  for (let match = named.exec(text); match !== null; match = named.exec(text)) {
    const from = match.index + match[0].length;
    const name = match.groups?.['name'] ?? '';
    // A comma separates a name from its value only in pairs; in a list it stands between two names.
    if (
      match[0].includes(',') &&
      !tupleBefore.test(text.slice(Math.max(0, match.index - 100), match.index))
    ) {
      continue;
    }
    const value = valueAt(text, from, match.index, match[0].endsWith('=') ? 'equals' : 'other');
    if (value === undefined) continue;
    const whole = nameBefore(text, match.index) + name;
    for (const { start, end, exact } of announcement(whole) === 'none' ? [] : value.parts) {
      const secret = text.slice(start, end);
      if (!harmless(whole, secret, exact) && !isResult(whole, match[0], secret, text, end)) found(start, end);
    }
    named.lastIndex = Math.max(from, value.end);
  }
  for (const match of text.matchAll(hinted)) {
    const { name = '', secret = '' } = match.groups ?? {};
    const start = match.index + match[0].length - secret.length;
    const trimmed = secret.replace(/[.!]+$/, '');
    if (looksLikeOne(name, trimmed)) found(start, start + trimmed.length);
  }
  for (const match of text.matchAll(worded)) {
    const secret = match.groups?.['secret'] ?? '';
    if (/\d/.test(secret))
      found(match.index + match[0].length - secret.length, match.index + match[0].length);
  }
}

/** `password=x`, without a blank or a quote: no sentence is written like that. */
const assigned = new RegExp(`(?<name>${announcing})=(?<secret>[^\\s"'\`=,;&<>()\\\\]{1,512})`, 'gi');

/** Values that are assigned to a name that announces a credential, in the form of programs. */
export function findAssigned(text: string, found: Found): void {
  for (const match of text.matchAll(assigned)) {
    const { name = '', secret = '' } = match.groups ?? {};
    const whole = nameBefore(text, match.index) + name;
    const trimmed = secret.replace(/[.:!?]+$/, '');
    const start = match.index + name.length + 1;
    if (announcement(whole) !== 'none' && !harmless(whole, trimmed, true))
      found(start, start + trimmed.length);
  }
}

/** What of a name stands before the part that announces a credential: `existing` of `existingSecret`, `checksum/` of `checksum/secret`. */
function nameBefore(text: string, index: number): string {
  return /[\w./-]*$/.exec(text.slice(Math.max(0, index - 80), index))?.[0] ?? '';
}

const test =
  /^(?:(?:Test|Benchmark|Example|Fuzz)[A-Z_]\w*(?:\/\S*)?|(?:[\w.-]+\/)*tests?[_/-][\w./-]+)(?: \(\d{1,6}(?:\.\d{1,3})?s\))?$/;

/** The result of tests: `PASS: TestX (0.00s)`, `pass: 12045, fail: 0`. */
function isResult(name: string, announced: string, value: string, text: string, end: number): boolean {
  if (name === 'PASS' && announced === 'PASS:') return test.test(value);
  return (
    /^pass(?:es)?$/i.test(name) &&
    /^\d+$/.test(value) &&
    /^[,;\s]{1,3}(?:fail|skip|error)/i.test(text.slice(end, end + 12))
  );
}

const pair =
  /\b(?:name|key)["']?\s{0,8}[:=]\s{0,8}["']?(?<name>[\w./-]{1,200})["']?(?:\s{0,8},\s{0,40}|\s{1,80})["']?value["']?\s{0,8}[:=]/gi;
const reversedPair =
  /["']value["']\s{0,8}:\s{0,8}"(?<secret>(?:[^"\\]|\\.){1,4096})"\s{0,8},\s{0,40}["'](?:name|key)["']\s{0,8}:\s{0,8}["'](?<name>[\w./-]{1,200})["']/gi;
const printedPair =
  /[{ ](?<name>[A-Z][A-Z0-9_]{2,80}) (?<secret>[^\s{}]{1,4096}) (?:nil|<nil>|&EnvVarSource)/g;

/** Environments: the name stands in one field, the value in the next. */
export function findPairs(text: string, found: Found): void {
  let covered = 0;
  for (const match of text.matchAll(pair)) {
    if (match.index < covered) continue;
    const name = match.groups?.['name'] ?? '';
    const kind = announcement(name);
    if (kind === 'none') continue;
    const value = valueAt(text, match.index + match[0].length, match.index, 'field');
    covered = value?.end ?? 0;
    for (const { start, end, exact } of value?.parts ?? []) {
      const secret = text.slice(start, end);
      if (kind === 'strong' ? !harmless(name, secret, exact) : looksLikeOne(name, secret)) found(start, end);
    }
  }
  for (const pattern of [reversedPair, printedPair]) {
    for (const match of text.matchAll(pattern)) {
      const { name = '', secret = '' } = match.groups ?? {};
      const start = match.index + match[0].indexOf(secret, pattern === printedPair ? name.length + 1 : 8);
      if (announcement(name) === 'strong' && !harmless(name, secret)) found(start, start + secret.length);
    }
  }
}

const header =
  /\b(?:(?:proxy-)?authorization|x-(?:goog-iap-jwt-assertion|forwarded-access-token|amz-security-token))["']?(?:\s{0,8}[:=]{1,2}>?|["']?\s{0,8}[, ]\s{0,8}(?=["']))\s{0,8}(?<open>[["'{(]{0,3})/gi;
const cookie = /\b(?:set-)?cookies?["']?\s{0,8}(?:[:=]{1,2}>?|,(?=\s?["']))\s{0,8}(?<open>[["']{0,2})/gi;
const scheme =
  /(?:(?:Bearer|Basic|Digest|Token|Negotiate|NTLM|AWS4-HMAC-SHA256|ApiKey|GenieKey|Splunk|Key|SSWS|Bot|OAuth|Hawk|JWT)\s+)?(?:token=)?["']?/iy;

/** HTTP headers: credentials to the end of the line, or of what it is quoted by. */
export function findHeaders(text: string, found: Found): void {
  for (const pattern of [header, cookie]) {
    let covered = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index < covered) continue;
      const open = match.groups?.['open'] ?? '';
      if (
        match[0].includes(',') &&
        !tupleBefore.test(text.slice(Math.max(0, match.index - 100), match.index))
      ) {
        continue;
      }
      scheme.lastIndex = match.index + match[0].length;
      const known = pattern === header ? (scheme.exec(text)?.[0] ?? '') : '';
      const start = match.index + match[0].length + known.length;
      const quote = /["']/.exec(open)?.[0];
      // These hold quotes of their own.
      const rest =
        /^(?:Digest|Hawk|OAuth)/i.test(known) && quote === undefined
          ? /[^\r\n]*/y
          : quote === undefined
            ? open.includes('[')
              ? /[^\]\r\n"'`]*/y
              : /[^\r\n"'`\\]*/y
            : quote === '"'
              ? /[^\r\n"\\]*/y
              : /[^\r\n'\\]*/y;
      rest.lastIndex = start;
      const secret = (rest.exec(text)?.[0] ?? '').trimEnd();
      covered = start + secret.length;
      // A cookie is a name with a value: a number alone says how many there are.
      if (pattern === cookie && /^\d{1,6}$/.test(secret)) continue;
      if (secret.length > 0 && !harmless('authorization', secret)) found(start, start + secret.length);
    }
  }
  findSchemes(text, found);
}

/** `Bearer x` and `Basic x`, in a header or not. */
export function findSchemes(text: string, found: Found): void {
  for (const { index, 0: all, 1: before = '' } of text.matchAll(
    /\b(Bearer\s{1,8})(?=[\w.~+/-]{0,40}\d|[\w.~+/-]{20})[\w.~+/-]{8,}=*/gi,
  )) {
    found(index + before.length, index + all.length);
  }
  for (const { index, 0: all, 1: before = '' } of text.matchAll(
    /\b(Basic\s{1,8})[A-Za-z0-9+/]{6,}={0,2}/gi,
  )) {
    if (readableBase64(all.slice(before.length))?.includes(':'))
      found(index + before.length, index + all.length);
  }
}

/** Passwords in addresses, and tokens in the place of their user. */
export function findInAddresses(text: string, found: Found): void {
  for (const match of text.matchAll(/[a-z0-9]:\/\/([^\s"'<>`\\]{1,600})/gi)) {
    const start = match.index + 4;
    // A list of addresses without blanks: each is looked at by itself.
    const rest = (match[1] ?? '').split('://', 1)[0] ?? '';
    const user = /^[^:/?#@[\]]*/.exec(rest)?.[0] ?? '';
    const after = rest.slice(user.length);
    if (after.startsWith('@')) {
      if (/^[\w.~-]{20,}$/.test(user)) found(start, start + user.length);
    } else if (after.startsWith(':')) {
      const authority = /^[^/?#]*/.exec(after.slice(1))?.[0] ?? '';
      let at = authority.lastIndexOf('@');
      // A number before a slash is a port; else the password holds what it should have escaped.
      if (at === -1 && !/^\d+(?:[/?#]|$)/.test(after.slice(1))) at = after.slice(1).lastIndexOf('@');
      const from = start + user.length + 1;
      if (at > 0 && !harmless('', after.slice(1, at + 1))) found(from, from + at);
    }
  }
  for (const match of text.matchAll(/jdbc:oracle:\w{3,4}:[^\s/@]{1,128}\/([^\s@]{1,128})@/gi)) {
    found(match.index + match[0].length - 1 - (match[1] ?? '').length, match.index + match[0].length - 1);
  }
}

const flag = new RegExp(
  `(?<![\\w-])--?[\\w-]{0,60}?(?<name>${announcing})(?:[ \\t]{1,8}|["']\\s{0,8},\\s{0,40}(?=["'])|["']?\\s{0,8}\\n\\s{0,40}- )["']?(?<secret>[^\\s"'-][^\\s"']{0,4096})`,
  'gi',
);
/** Where each tool takes a password, by its manual. */
const tools = [
  /\bcurl\b[^\n]{0,200}? (?:-u|--user|-U|--proxy-user)[ =]?["']?[^\s:"']{0,128}:([^\s"']{1,512})/g,
  /\bmysql(?:dump|admin|import|show|check)?\b[^\n]{0,200}? -p([^\s"'-][^\s"']{0,256})/g,
  /\b(?:sshpass|docker login|podman login|helm registry login|az login|mongo(?:sh|dump|restore)?)\b[^\n]{0,200}? -p[ =]?["']?([^\s"'-][^\s"']{0,512})/g,
  /\bredis-cli\b[^\n]{0,200}? -a[ =]?["']?([^\s"'-][^\s"']{0,512})/g,
  /\b(?:ldapsearch|ldapmodify|ldapadd|ldapwhoami)\b[^\n]{0,200}? -w[ ]?["']?([^\s"'-][^\s"']{0,512})/g,
  /\bhtpasswd\b[^\n]{0,40}? -[a-zA-Z]*b[a-zA-Z]* [^\n]{0,100}? ?\S{1,64} ([^\s"']{1,512})$/gm,
  /\bpass:([^\s"',;]{4,512})/g,
  // SQL, Redis, .netrc, .pgpass, .htpasswd
  /\b(?:password|identified by)\s{1,4}(?:'([^'\n]{1,512})'|"([^"\n]{1,512})")/gi,
  /\b(?:requirepass|masterauth)[ \t]{1,4}["']?([^\s"']{1,512})/g,
  /\bAUTH["']?[ \t]{1,4}(?:["'][\w.-]{1,64}["'] )?["']?(?=[^\s"']*[\d!@#$%^&*])([^\s"']{6,512})/g,
  /\bACL SETUSER\b[^\n]{0,200}? >([^\s"']{1,512})/gi,
  /\b(?:login|user|machine)\s{1,8}\S{1,128}\s{1,8}(?:account\s{1,8}\S{1,128}\s{1,8})?password\s{1,8}(\S{1,512})/g,
  /(?<![^\s"'=])[\w*.-]{1,128}:(?:\d{4,5}|\*):[\w*.-]{1,64}:[\w*.-]{1,64}:([^\s"':\\]{1,512})(?=["'\s]|$)/g,
];

/** Flags with a name that announces a credential. */
export function findArguments(text: string, found: Found): void {
  for (const match of text.matchAll(flag)) {
    const { name = '', secret = '' } = match.groups ?? {};
    const end = match.index + match[0].length;
    const whole = match[0].slice(0, match[0].indexOf(name) + name.length);
    if (!harmless(whole, secret)) found(end - secret.length, end);
  }
}

/** Arguments of tools that take a password where nothing says so, and statements that hold one. */
export function findToolArguments(text: string, found: Found): void {
  for (const pattern of tools) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[2] ?? '';
      const start = match.index + match[0].lastIndexOf(secret);
      if (!harmless('', secret)) found(start, start + secret.length);
    }
  }
}

const element = new RegExp(
  `<(?:\\w{1,40}:)?[\\w.-]{0,60}(?<name>${announcing})(?:\\s[^<>]{0,200})?>(?:<!\\[CDATA\\[)?(?<secret>[^<\\]]{1,4096})`,
  'gi',
);
const attribute = new RegExp(
  `\\b(?:key|name)=["'][\\w.:-]{0,80}(?<name>${announcing})["']\\s{1,8}value=["'](?<secret>[^"'<>]{1,4096})`,
  'gi',
);
const formField = new RegExp(
  `name=["']?[\\w.-]{0,80}(?<name>${announcing})["']?[^\\n]{0,80}\\r?\\n[ \\t]{0,40}\\r?\\n[ \\t]{0,40}(?<secret>[^\\r\\n]{1,4096})`,
  'gi',
);

/** Elements and attributes of XML, fields of a form. */
export function findInMarkup(text: string, found: Found): void {
  for (const pattern of [element, attribute, formField]) {
    for (const match of text.matchAll(pattern)) {
      const { name = '', secret = '' } = match.groups ?? {};
      const trimmed = secret.trim();
      const start = match.index + match[0].length - secret.length + secret.indexOf(trimmed);
      if (trimmed !== '' && !harmless(name, trimmed)) found(start, start + trimmed.length);
    }
  }
}
