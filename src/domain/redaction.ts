/**
 * Credentials out of any text, before a model sees it, the journal keeps it or a panel shows it.
 * Three kinds of rule: shapes that are credentials wherever they stand (a GitHub token, a private key),
 * places where credentials stand (an Authorization header, the password of a URL) and names that announce one (`password=`).
 */

/** What is never a secret although it follows a name such as `token:`; the words are those of programs that complain about one. */
const notSecrets = new Set(
  (
    'true false null nil none undefined yes no not is was are has must cannot could should may in for of the a an and or ' +
    'missing invalid expired required unexpected unknown empty unset set rejected denied failed failure error found ' +
    'authentication does did wrong incorrect mismatch too expects expected'
  ).split(' '),
);

const placeholderShape = /^\[redacted:[0-9a-f]{4}\]$/;

/** A name whose value is a credential, as far as the part right before `:` or `=`. */
const secretName =
  '(?:passw(?:or)?d|passphrase|(?<![a-z])pass|pwd|secret|token|credentials?|' +
  '(?:api|access|private|secret|account|shared[_-]?access|auth|encryption|signing|routing|integration|license|master|service)[_-]?key' +
  '(?:[_-]?base|[_-]?id)?|jsessionid|phpsessid)';

/** Credentials by their own shape, with the source of the format in the name of its issuer. */
const shapes = [
  // JSON Web Tokens (RFC 7519); the signature may be cut off.
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  // GitHub, GitLab, npm, Docker Hub, Hugging Face
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|dckr_pat_[\w-]{20,}|hf_[A-Za-z0-9]{30,})/g,
  // Slack
  /\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}|\bxapp-[\w-]{10,}/g,
  /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  // AWS key ids, GCP API keys and OAuth tokens
  /\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}|\bya29\.[\w-]{20,}/g,
  // Anthropic, OpenAI, Stripe, SendGrid, HashiCorp Vault, age
  /\bsk-(?:ant-|proj-)?[\w-]{20,}|\b[sr]k_(?:live|test)_\w{16,}|\bwhsec_\w{16,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhv[sbr]\.[\w-]{20,}|\bAGE-SECRET-KEY-1\w{20,}/g,
  // PagerDuty's user tokens
  /(?<![\w+])[uy]\+[\w-]{16,}/g,
  // signatures in presigned addresses (S3, GCS, Azure SAS)
  /(?<=[?&;](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token)=)[^\s&"'<>]+/gi,
];

/** Rules with a `secret` group; what stands `before` it is kept. */
const places = [
  // PEM, real or escaped line breaks, also when the end is cut off
  /(?<before>-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)(?<secret>(?:[\s\S]*?(?=-----END)|[\s\S]*$))/g,
  // env entries of a pod: the name announces the value of the next field
  new RegExp(
    `(?<before>name\\\\?["']?:\\s*\\\\?["']?[\\w.-]{0,100}${secretName}\\\\?["']?,?\\s{1,40}?\\\\?["']?value\\\\?["']?:[ \\t]*)(?<secret>"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s"'].*)`,
    'gi',
  ),
  new RegExp(
    `(?<before>"name\\\\?":\\s*\\\\?"[\\w.-]{0,100}${secretName}\\\\?",\\s*\\\\?"value\\\\?":\\s*\\\\?")(?<secret>(?:[^"\\\\]|\\\\[^"])+)`,
    'gi',
  ),
  // HTTP headers
  /(?<before>\b(?:proxy-)?authorization\\?["']?\s*[:=]\s*\\?["']?(?:(?:Bearer|Basic|Digest|Token|Negotiate|AWS4-HMAC-SHA256|ApiKey|GenieKey)\s+)?(?:token=)?\\?["']?)(?<secret>[^\s"'\\][^\r\n"'\\]*)/gi,
  /(?<before>\b(?:set-)?cookie\\?["']?\s*:\s*\\?["']?)(?<secret>[^\s"'\\][^\r\n"'\\]*)/gi,
  /(?<before>\bBearer\s+)(?<secret>(?=[\w.~+/-]*\d|[\w.~+/-]{20})[\w.~+/-]{8,}=*)/gi,
  // user:password@ of an address; a number before a slash is a port
  /(?<before>\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/?#@"'<>[\]]*:)(?<secret>[^\s"'<>/?#]+|(?!\d+[/?#])(?:(?!:\/\/)[^\s"'<>]){1,300})(?=@)/gi,
  /(?<before>\b[a-z][a-z0-9+.-]{0,30}:\/\/)(?<secret>[\w-]{20,})(?=@)/gi,
  // a tool's flags
  new RegExp(`(?<before>(?<=\\s)--[\\w-]{0,40}?${secretName}\\s+["']?)(?<secret>[^\\s"'-][^\\s"']*)`, 'gi'),
  // .dockerconfigjson
  /(?<before>"auth\\?"\s*:\s*\\?")(?<secret>[A-Za-z0-9+/=]{8,})/g,
  // name: "value" and name="value", plain or inside a JSON string
  new RegExp(
    `(?<before>${secretName}(?:\\\\?["'])?[ \\t]*(?:=>|[:=])\\s*\\\\?")(?<secret>(?:[^"\\\\]|\\\\[^"])+)`,
    'gi',
  ),
  new RegExp(`(?<before>${secretName}["']?[ \\t]*(?:=>|[:=])\\s*')(?<secret>[^']+)`, 'gi'),
  // a line of YAML or of kubectl describe: the value is the rest of the line
  new RegExp(
    `(?<before>^[ \\t]*(?:- )?[\\w.-]{0,100}${secretName}:[ \\t]+)(?<secret>[^\\s"'{[<|>*&][^\\r\\n]*)`,
    'gim',
  ),
  // name=value and name: value in running text
  new RegExp(
    `(?<before>${secretName}["']?[ \\t]*(?:=|:[ \\t]*(?![{[])))(?<secret>(?!\\[redacted:)[^\\s"',;&<>\\\\]*[^\\s"',;&<>\\\\)}\\]])`,
    'gi',
  ),
];

const secretKind = /\bkind\\?["']?:\s*\\?["']?Secret\b/;
const jsonData = /(\\?"(?:data|stringData)\\?"\s*:\s*\{)([^{}]*)(?=\})/g;
const yamlData = /^([ \t]*)(?:data|stringData):[ \t]*\r?\n((?:\1[ \t]+[^\r\n]*(?:\r?\n|$))+)/gm;

/** 16 bits of FNV-1a: enough to recognise equal values, too few to find a value from it. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return ((hash >>> 16) ^ (hash & 0xffff)).toString(16).padStart(4, '0');
}

function placeholder(secret: string): string {
  return placeholderShape.test(secret) ? secret : `[redacted:${shortHash(secret)}]`;
}

/** A word of a sentence about a secret, a reference to one, or a path after `PWD`: nothing to hide. */
function harmless(before: string, secret: string): boolean {
  const word = /^[\w']+/.exec(secret)?.[0].toLowerCase() ?? '';
  return (
    (notSecrets.has(word) && /^[\w']+(?:$|[\s.,;:!])/.test(secret)) ||
    /^(?:\$\{[^}]*\}|\$\([^)]*\)|\*+|<[^>]*>|-+)$/.test(secret) ||
    !/[\p{L}\p{N}]/u.test(secret) ||
    (/pwd\W*$/i.test(before) && secret.startsWith('/'))
  );
}

/** The values of a Secret's `data` and `stringData`, in JSON and in YAML. */
function redactSecretObjects(text: string): string {
  if (!secretKind.test(text)) return text;
  return text
    .replace(
      jsonData,
      (_, open: string, body: string) =>
        open +
        body.replace(
          /(:\s*\\?")((?:[^"\\]|\\[^"])+)/g,
          (__, colon: string, value: string) => colon + placeholder(value),
        ),
    )
    .replace(yamlData, (block: string, _indent: string, body: string) => {
      const redacted = body.replace(
        /^([ \t]+[\w.-]+:[ \t]+)(["']?)([^\s"'][^\r\n]*?)(\2[ \t]*)$/gm,
        (_, key: string, quote: string, value: string, end: string) => key + quote + placeholder(value) + end,
      );
      return block.slice(0, block.length - body.length) + redacted;
    });
}

/**
 * What every credential has at least a part of. Most texts have none of it, and are done in a thousandth of the time.
 * Each rule above needs its part here; the corpus of the tests fails without it.
 */
const hint =
  /pass|pwd|secret|token|credential|key|sessid|eyJ|gh[pousr]_|github_pat_|glpat-|npm_|dckr_pat_|hf_|xox|xapp-|hooks\.slack|A(?:KIA|SIA|ROA|IDA)|AIza|ya29\.|_live_|_test_|whsec_|sk-|SG\.|hv[sbr]\.|[uy]\+|sig|auth|cookie|bearer|:\/\//i;

/**
 * Takes credentials out of a text: keys and tokens of well-known issuers, JWTs, private keys, authorization headers,
 * cookies, passwords in addresses and connection strings, values of Secret objects, and whatever is named like one.
 * Each becomes `[redacted:1a2b]`, where equal values get equal digits, so that "the same password in both revisions" stays visible.
 * What is not recognised as a credential stays to the letter; redacting twice changes nothing more.
 */
export function redact(text: string): string {
  if (!hint.test(text)) return text;
  let result = redactSecretObjects(text);
  for (const pattern of places) {
    result = result.replace(pattern, (match: string, ...rest: unknown[]) => {
      const { before, secret } = rest.at(-1) as { before: string; secret: string };
      return harmless(before, secret) ? match : before + redactQuoted(secret);
    });
  }
  for (const pattern of shapes) result = result.replace(pattern, placeholder);
  return result;
}

/** Keeps the quotes around a value, so that the text stays what it was: YAML, JSON, a shell's words. */
function redactQuoted(secret: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(secret);
  if (quoted === null) return placeholder(secret.trimEnd());
  return `${quoted[1]}${placeholder(quoted[2] ?? '')}${quoted[1]}`;
}
