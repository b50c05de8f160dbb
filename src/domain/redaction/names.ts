/** Names that announce a credential, and which values after such a name are none. */
import { isMadeOfWords } from './words.ts';

/** Ends of the name of a value that is a credential, whatever it looks like. */
const strong =
  '(?:passw(?:or)?d|passwort|passphrase|passcode|(?<!by|com|tres|sur|over|under|encom)pass|pwd|(?<![a-z])pw' +
  '|secret|token|credential|creds?(?![a-z])|jsessionid|phpsessid|connect\\.sid|(?<![a-z])hmac|requirepass|masterauth|redis(?:cli)?_auth|_auth' +
  '|(?:api|app(?:lication)?|access|private|secret|account|shared[_-]?access|auth|encryption|encrypt|signing|routing|integration' +
  '|license|licence|master|service|client|storage|deploy|ssh|webhook|consumer|subscription|session|hec)[_-]?key)';

/** What may follow on it within the name. */
const further =
  's?(?:[_.-]?(?:v?\\d{1,3}|base64|base|b64|value|data|id|plain|raw|hash|old|new|current|previous|prod|production|dev|test|staging|live|primary|secondary))?';

/** A name up to its end, as part of a pattern without regard to case. */
export const announcing = `${strong}${further}`;

/** Names that announce a credential only where the value looks like one. */
export const hinting =
  '(?<![a-z])(?:auth|sid|session(?:[_-]?id)?|key|salt|seed|pepper|signature|sig|jwt|bearer|code|license|licence|webhook)';

/** A part of every such name: what holds none of it names no credential. */
export const nameHint =
  /pass|pwd|pw|secret|token|cred|key|auth|ses|sid|sig|salt|seed|pepper|jwt|hmac|code|bearer|licen|hook/i;

const announcingEnd = new RegExp(`${announcing}$`, 'i');
const hintingEnd = new RegExp(`${hinting}$`, 'i');

/** `checksum/secret`: the digest of what is named behind it, by which charts make a workload roll. */
const hashed = /(?:^|[/_.-])(?:checksum|hash|digest|sha\d{1,3}(?:sum)?)\/[\w.-]*$/i;

type Announcement = 'strong' | 'weak' | 'none';
/** Names are few and come again and again, so the answers are kept. */
const known = new Map<string, Announcement>();

/** What a name says of its value: that it is a credential, that it may be one, or nothing. */
export function announcement(name: string): Announcement {
  let answer = known.get(name);
  if (answer === undefined) {
    if (known.size >= 1000) known.clear();
    // The part of an annotation's key before its last slash is a domain.
    const own = hashed.test(name) ? '' : name.slice(name.lastIndexOf('/') + 1).slice(-100);
    answer = announcingEnd.test(own) ? 'strong' : hintingEnd.test(own) ? 'weak' : 'none';
    known.set(name, answer);
  }
  return answer;
}

/** Words of programs that complain about a credential, and of settings that speak of one. */
const words = new Set(
  (
    'true false null nil none undefined yes no not is was are were be been has have had must cannot could should would may might can will in for of on off to the a an and or if at by with from this that ' +
    'missing invalid valid expired expires required unexpected unknown empty unset set reset rejected denied failed failure fails error found ' +
    'authentication authorization does do did wrong incorrect mismatch mismatched too expects expected enabled disabled optional default changed rotated revoked refreshed ' +
    'created updated deleted loaded generated issued accepted verified validated ok okay success successful string number object boolean integer bytes byte length ' +
    'using used use see please check your you their its only without within before after hidden masked omitted removed redacted filtered protected anonymous'
  ).split(' '),
);

const reference =
  /^(?:\$\{[^}]*\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|\{\{.*\}\}|%\([^)]*\)s|%[sdvq]|[*•x.…-]+|<[^>]*>|\(.*\)|\[(?!redacted:).*\])$/is;
const path =
  /^(?:file:\/\/|~|\.{1,2})?\/(?:var|etc|run|tmp|home|root|opt|usr|app|apps|srv|mnt|data|secrets?|vault|config|proc|dev)\/[\w@.+/-]*$/i;

/** `total_tokens`, `secrets`: how many there are, where a number follows. */
const plural = /(?:tokens|secrets|cookies)\W*$/i;
/**
 * Names of fields that name a Secret: those of charts and of operators. Where the word before could stand for a credential
 * of its own kind as well, only as fields of objects are written: `passwordSecret`, and not `PASSWORD_SECRET`.
 */
const referring =
  /(?:(?:existing|pull)[_-]?secrets?|existing[_-]?secret\w{0,20}key|(?:tls|ca|cert|certificate|credentials?|[pP]assword|target)Secrets?)\W*$/i;
const referringField = /[a-z]Secrets?\W*$/;
/** What an entry of a Secret is called. `super-secret` is none of these: it may be the key itself. */
const entry =
  /^(?:(?:db|postgres(?:ql)?|mysql|mariadb|redis|mongodb|rabbitmq|admin|root|user|replication|access|refresh|client|tls|ca|auth|api|bot)[-_.]?)?(?:password|passwd|token|secret|api[-_]?key|access[-_]?key|key|crt|pem|json)$/i;
const named = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
/** What an exchange of messages is routed by: `orders.*.failed`. */
const route = /^[\w.*#:/-]{1,255}$/;

/** Whether a number after this name says how many there are. */
export function isCount(name: string): boolean {
  return plural.test(name);
}

/** Whether a value is no credential but the name of what holds one, or of where something goes. */
function leadsElsewhere(name: string, value: string): boolean {
  if (referring.test(name) && (referringField.test(name) || /existing|pull/i.test(name)))
    return (named.test(value) || /key\W*$/i.test(name)) && isMadeOfWords(value);
  if (/secretKey\W*$/.test(name)) return entry.test(value);
  if (/routing_?key\W*$/i.test(name))
    return route.test(value) && (/^[*#.]+$/.test(value) || isMadeOfWords(value.replace(/[*#]/g, '1')));
  return false;
}

/**
 * A word of a sentence about a credential, a reference to one, or the path of a file: nothing to hide.
 * @param name all of it, with what stands before the part that announces a credential
 * @param exact whether the value was quoted, so that it is all there is and no sentence that goes on
 */
export function harmless(name: string, value: string, exact = false): boolean {
  const word = /^[\w']+/.exec(value)?.[0] ?? '';
  return (
    (words.has(word.toLowerCase()) && (exact ? word === value : /^[\w']+(?:$|[\s.,;:!?)])/.test(value))) ||
    reference.test(value) ||
    path.test(value) ||
    !/[\p{L}\p{N}]/u.test(value) ||
    (isCount(name) && /^\d{1,12}(?:\.\d{1,6})?$/.test(value)) ||
    leadsElsewhere(name, value) ||
    (/pwd\W*$/i.test(name) && value.startsWith('/')) ||
    // Counts: tests that pass, tokens of a model.
    (/(?:pass|tokens?|secrets?|pw|creds?)\W*$/i.test(name) && /^\d{1,4}$/.test(value))
  );
}

/** Whether a value after a name that only hints at a credential is one: random, or `user:password` in base64. */
export function looksLikeOne(name: string, value: string): boolean {
  return looksRandom(value) || (/auth$/i.test(name) && readableBase64(value)?.includes(':') === true);
}

/**
 * Whether a value is random by its looks: long, of all three kinds of characters, and changing between them all the time.
 * Hexadecimal digests, identifiers, words and text in base64 are not.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 20 || value.length > 512 || !/^[A-Za-z0-9+/_=~.!-]+$/.test(value)) return false;
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/[0-9]/.test(value)) return false;
  let changes = 0;
  for (let index = 1; index < value.length; index++) {
    if (kindOf(value.charCodeAt(index)) !== kindOf(value.charCodeAt(index - 1))) changes++;
  }
  return changes / (value.length - 1) >= 0.4 && readableBase64(value) === undefined;
}

function kindOf(code: number): number {
  return code >= 97 ? 0 : code >= 65 ? 1 : code >= 48 && code <= 57 ? 2 : 3;
}

/** What a word says in base64, where that is text. */
export function readableBase64(word: string): string | undefined {
  if (!printable(Buffer.from(word.slice(0, 16), 'base64'))) return undefined;
  const bytes = Buffer.from(word, 'base64');
  if (bytes.length < 6 || bytes.length < Math.floor(word.replace(/\s+|=+$/g, '').length * 0.74))
    return undefined;
  return printable(bytes) ? bytes.toString('latin1') : undefined;
}

function printable(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 126) return false;
  }
  return true;
}
