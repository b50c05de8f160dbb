/** Credentials by their own shape, wherever they stand; the formats are those of their issuers' documentation. */
import { readableBase64 } from './names.ts';
import { alphabet, longRuns } from './runs.ts';
import { isMadeOfWords } from './words.ts';

const token = [
  // Grafana's older keys: JSON in base64
  'eyJrIjoi[\\w+/-]{20,}={0,2}',
  // forges: GitHub, GitLab, Bitbucket, Atlassian
  'gh[pousr]_[A-Za-z0-9_]{20,}',
  'github_pat_\\w{20,}',
  'gl(?:pat|dt|rt|rtr|ft|soat|cbt|ptt|agent|imt|oas|ffct|wt)-[\\w.-]{16,}',
  'GR1348941[\\w-]{20}',
  'ATBB[A-Za-z0-9]{24,}',
  'AT[AC]TT3[\\w=-]{40,}',
  // registries: npm, PyPI, RubyGems, crates.io, NuGet, Docker Hub, Hugging Face, Artifactory
  'npm_\\w{30,}',
  'pypi-[\\w-]{40,}',
  'rubygems_[0-9a-f]{48}',
  'oy2[a-z0-9]{43}',
  'dckr_[op]at_[\\w-]{20,}',
  'hf_[A-Za-z0-9]{30,}',
  'AKCp[A-Za-z0-9]{60,}',
  // chat: Slack, Telegram, Discord
  'xox[a-z](?:\\.xox[a-z])?-[\\w-]{10,}',
  '(?:xapp|xwfp)-[\\w-]{10,}',
  '\\d{8,10}:AA[\\w-]{32,33}',
  '[MNO][A-Za-z\\d_-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,38}',
  // clouds: AWS key ids, GCP, Azure, DigitalOcean, Databricks, Fly, Heroku, Supabase, PlanetScale, Cloudflare
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[0-9A-Z]{16}(?![0-9A-Za-z])',
  'ABSK[A-Za-z0-9+/]{100,}={0,2}',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w-]{20,}',
  'GOCSPX-[\\w-]{20,}',
  '1//0[\\w-]{24,}',
  '[\\w~.-]{3}[78]Q~[\\w~.-]{31,34}',
  'do[opr]_v1_[0-9a-f]{64}',
  'dapi[0-9a-f]{32}(?:-\\d)?',
  '(?:fo1|fm[12])_[\\w+/=-]{20,}',
  'HRKU-[\\w-]{30,}',
  'sb(?:p|_secret)_[\\w-]{20,}',
  'pscale_(?:tkn|oauth|pw)_[\\w.-]{20,}',
  'v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,}',
  // models: Anthropic, OpenAI and those who took over the prefix, Groq, Replicate, Perplexity, xAI
  'sk-(?:[a-z]{2,10}-)?[\\w-]{20,}',
  'gsk_\\w{40,}',
  'r8_[A-Za-z0-9]{37}',
  'pplx-[A-Za-z0-9]{40,}',
  'xai-[A-Za-z0-9]{60,}',
  // payment and mail: Stripe, Square, Shopify, SendGrid, Mailgun, Mailchimp, Resend
  '[sr]k_(?:live|test)_\\w{16,}',
  'whsec_[\\w+/=]{16,}',
  'sq0(?:atp|csp)-[\\w-]{20,}',
  'shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'key-[0-9a-f]{32}',
  '[0-9a-f]{32}-us\\d{1,2}',
  're_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}',
  // observability: New Relic, Grafana, Sentry, Dynatrace, Honeycomb; PagerDuty's user tokens
  'NR(?:AK|JS|RA|BR)-[A-Za-z0-9]{19,}',
  '[0-9a-f]{36}NRAL',
  'gl(?:sa|c)_[\\w+/=]{30,}',
  'sntry[su]_[\\w+/=]{30,}',
  'dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  'hca[a-z]{2}_[a-z0-9]{40,}',
  '(?<![\\w+])[uy]\\+[\\w-]{16,}',
  '(?<![\\w-])[uy]_(?=[\\w-]{0,17}\\d)(?=[\\w-]{0,17}[A-Z])[\\w-]{18}(?![\\w-])',
  // secret stores and tools: Vault, Terraform Cloud, Doppler, 1Password, Pulumi, age, Tailscale, Postman, Sonar, Buildkite, CircleCI, Linear, Figma, Notion
  'hv[sbr]\\.[\\w-]{20,}',
  '(?<![\\w.-])[sbr]\\.(?=[A-Za-z0-9]{0,23}\\d)(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\\w.])',
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{40,}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{30,}',
  'ops_eyJ[\\w-]{20,}',
  'pul-[0-9a-f]{40}',
  'AGE-SECRET-KEY-1\\w{20,}',
  'tskey-[a-z]+-[\\w-]{10,}',
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
  'sq[pua]_[0-9a-f]{40}',
  'bkua_[0-9a-f]{40}',
  'CCIPAT_[\\w-]{20,}',
  'lin_(?:api|oauth)_[A-Za-z0-9]{32,}',
  'figd_[\\w-]{30,}',
  'ntn_[A-Za-z0-9]{40,}',
];

/** Sixteen letters and digits in capitals: no name looks like that. */
const keyIdOfAws = /^A[A-Z]{3}[0-9A-Z]{16}$/;

/** Characters of the name of an object, with others right beside it. */
const longestName = 600;

/** One pattern for all: a text is read once, whatever the number of issuers. */
const tokens = new RegExp(`(?<![A-Za-z0-9])(?:${token.join('|')})`, 'y');
/** What every token begins with: so many of these. */
const tokenLetters = alphabet('_+/=.~:-');
const shortestToken = 15;

/** Where what stands before is part of the shape, and the credential is the group; each with words of which one is in it. */
const afterwards: readonly { readonly has: readonly string[]; readonly pattern: RegExp }[] = [
  // the address of a webhook is its credential: Slack, Discord, Teams, Mattermost, Opsgenie, PagerDuty
  {
    has: ['hooks.slack'],
    pattern: /\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/([\w/-]+)/g,
  },
  { has: ['discord'], pattern: /\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d+\/[\w-]+)/g },
  { has: ['webhook.office'], pattern: /\bwebhook\.office\.com\/webhookb2\/([\w@/.-]+)/g },
  {
    has: ['pagerduty.com'],
    pattern: /\bevents\.(?:eu\.)?pagerduty\.com\/(?:integration|x-ere)\/([0-9a-zA-Z]{32})/g,
  },
  { has: ['/hooks/'], pattern: /\/hooks\/([a-z0-9]{26})(?![\w-])/g },
  { has: ['api.telegram'], pattern: /\bapi\.telegram\.org\/bot([\w:-]+)/g },
  // an AWS key id and, right behind it, its secret
  {
    has: ['AKIA', 'ASIA'],
    pattern:
      /(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}["']?[ \t,:;|/]{1,4}["']?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/])/g,
  },
  // signatures in presigned addresses: S3, GCS, Azure SAS
  {
    has: ['='],
    pattern: /[?&;](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token)=([^\s&"'<>\\]+)/gi,
  },
  // hashes of passwords (crypt, bcrypt, argon2, scrypt): what they hide can be guessed
  {
    has: ['$'],
    pattern: /(?<![\w$])(\$(?:1|2[abxy]|5|6|7|y|gy|argon2(?:i|d|id)|scrypt|pbkdf2[\w-]*)\$[\w./$=,+-]{20,})/g,
  },
  { has: ['SCRAM-'], pattern: /\b(SCRAM-SHA-(?:1|256)\$\d+:[\w+/=$:]{20,})/g },
];

/** Calls `found` with each credential that shows itself. */
export function findShapes(text: string, found: (start: number, end: number) => void): void {
  findTokens(text, found);
  findWebTokens(text, found);
  for (const { has, pattern } of afterwards) {
    if (!has.some((word) => text.includes(word))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? '';
      const start = match.index + match[0].lastIndexOf(secret);
      found(start, start + secret.length);
    }
  }
}

/** Tries the pattern only where a token may begin: most texts are words that are too short for one. */
function findTokens(text: string, found: (start: number, end: number) => void): void {
  longRuns(text, tokenLetters, shortestToken, (from, to) => {
    for (let start = from; start <= to - shortestToken; start++) {
      if (start > from && isLetterOrDigit(text.charCodeAt(start - 1))) continue;
      tokens.lastIndex = start;
      const match = tokens.exec(text);
      // A prefix and a length are no proof: `sk-production-eu-central-1` is the name of a namespace.
      if (match === null || isName(match[0])) continue;
      found(start, start + match[0].length);
      start += match[0].length - 1;
    }
  });
}

/** Whether what has the form of a token is a name: no name is long, so that a text of beginnings is read no more often than that. */
function isName(match: string): boolean {
  return match.length <= longestName && isMadeOfWords(match) && !keyIdOfAws.test(match);
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/**
 * JSON Web Tokens (RFC 7519) and JWE, the end may be cut off. By hand: in a long word with many beginnings and no dot,
 * a pattern would read the rest of the word once for each.
 */
function findWebTokens(text: string, found: (start: number, end: number) => void): void {
  const part = /[\w-]*/y;
  const partFrom = (index: number): number => {
    part.lastIndex = index;
    return index + (part.exec(text)?.[0].length ?? 0);
  };
  for (let start = text.indexOf('eyJ'); start !== -1;) {
    let end = partFrom(start);
    // `KeyJsonSerializer.serialize` holds the letters too, and says nothing in base64.
    const begins = start === 0 || !isLetterOrDigit(text.charCodeAt(start - 1));
    const long = end - start >= 11 && (begins || readableBase64(text.slice(start, start + 24)) !== undefined);
    let parts = 1;
    while (parts < 5 && text[end] === '.') {
      end = partFrom(end + 1);
      parts++;
    }
    if (long && parts > 1) found(start, end);
    start = text.indexOf('eyJ', Math.max(end, start + 3));
  }
}
