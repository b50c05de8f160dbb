import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { redact } from '../../../src/domain/redaction.ts';

/** Each line of text with the part of it that must not be seen. Assembled, so that no scanner takes them for real ones. */
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'].join(
  '.',
);
const github = 'ghp' + '_16C7e42F292c6912E7710c838347Ae178B4a';
const corpus: Record<string, [text: string, secret: string]> = {
  'a GitHub token': [`cloning with ${github} now`, github],
  'a fine-grained GitHub token': [
    'x github_pat' + '_11ABCDEFG0abcdefghijkl_xyz',
    '11ABCDEFG0abcdefghijkl_xyz',
  ],
  'a GitLab token': ['glpat' + '-abcdefghij0123456789', 'abcdefghij0123456789'],
  'a Slack token': ['xoxb' + '-1234567890-abcdefghij', '1234567890-abcdefghij'],
  'a Slack webhook': ['https://hooks.slack.com/services/T000/B000/qRs7abcd', 'T000/B000/qRs7abcd'],
  'an AWS key id': ['using AKIA' + 'IOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  'an AWS secret': [
    'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYKEY',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYKEY',
  ],
  'a GCP API key': [
    'key AIza' + 'SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
    'SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
  ],
  'an Anthropic key': ['sk-ant' + '-api03-abcdefghijklmnopqrstuvwx', 'api03-abcdefghijklmnopqrstuvwx'],
  'an OpenAI key': ['sk-proj' + '-abcdefghijklmnopqrstuvwx', 'abcdefghijklmnopqrstuvwx'],
  'a PagerDuty header': ['Authorization: Token token=y_NbAkKc66ryYTWUXYEu', 'y_NbAkKc66ryYTWUXYEu'],
  'a PagerDuty user token': ['token u+abcdefghij12345678 was used', 'abcdefghij12345678'],
  'a PagerDuty routing key': [
    '{"routing_key":"e93facc04764012d7bfb002500d5d1a6"}',
    'e93facc04764012d7bfb002500d5d1a6',
  ],
  'a JWT': [`session ${jwt} expired`, jwt],
  'a bearer header': ['Authorization: Bearer abc.DEF-123', 'abc.DEF-123'],
  'a bearer token in a log': ['got Bearer abcdef0123456789', 'abcdef0123456789'],
  'a basic header as JSON': ['{"Authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
  'a cookie': ['Set-Cookie: sid=31d4d96e407aad42; Path=/', '31d4d96e407aad42'],
  'a private key': [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----\nnext',
    'MIIEpAIBAAKCAQEA',
  ],
  'a private key inside JSON': [
    String.raw`"private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIB\n-----END PRIVATE KEY-----"`,
    String.raw`-----BEGIN PRIVATE KEY-----\nMIIEvQIB\n-----END PRIVATE KEY-----`,
  ],
  'a private key that is cut off': ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg', 'MIIEvQIBADANBg'],
  'a password in a URL': ['dial postgres://app:hunter2@db:5432/shop failed', 'hunter2'],
  'a password with an at sign': ['postgres://app:p@ss@db/shop', 'p@ss'],
  'a password with a slash': ['amqp://app:pa/ss@mq', 'pa/ss'],
  'a URL without a user': ['redis://:s3cret@cache:6379', 's3cret'],
  'a token as the user of a URL': [
    'https://0123456789abcdef01234567@sentry.example/1',
    '0123456789abcdef01234567',
  ],
  'an ADO connection string': ['Server=db;User Id=sa;Password=Pa55w0rd!;Encrypt=yes', 'Pa55w0rd!'],
  'an Azure storage string': ['AccountName=x;AccountKey=aGVsbG8gd29ybGQ=;Endpoint=y', 'aGVsbG8gd29ybGQ='],
  'a libpq string': ["host=db password='my pass' user=app", 'my pass'],
  'a YAML line': ['  password: correct horse battery staple', 'correct horse battery staple'],
  'a JSON field': ['{"user":"app","dbPassword":"hunter2"}', 'hunter2'],
  'a field inside a JSON string': [String.raw`{"log":"{\"api_key\":\"abc123\"}"}`, 'abc123'],
  'a query parameter': ['GET /v1?api_key=abc123&limit=5', 'abc123'],
  'a presigned address': [
    'https://b.s3.amazonaws.com/k?X-Amz-Signature=fe5f80f77d5fa3be',
    'fe5f80f77d5fa3be',
  ],
  'a flag': ['exec: tool --password hunter2 --host db', 'hunter2'],
  'an env line of kubectl describe': ['      DB_PASSWORD:   hunter2', 'hunter2'],
  'an env entry as JSON': ['{"name":"DB_PASSWORD","value":"hunter2"}', 'hunter2'],
  'an env entry as YAML': ['- name: DB_PASSWORD\n  value: hunter2\n- name: B', 'hunter2'],
  'an env entry as quoted YAML': ['- name: API_TOKEN\n  value: "hunter 2"', 'hunter 2'],
  'a Secret as YAML': ['apiVersion: v1\ndata:\n  user: YXBw\nkind: Secret\n', 'YXBw'],
  'a Secret as JSON': ['{"kind":"Secret","data":{"user":"YXBw"}}', 'YXBw'],
  'a Docker config': ['{"auths":{"r":{"auth":"dXNlcjpwYXNz"}}}', 'dXNlcjpwYXNz'],
};

describe('redact', () => {
  for (const [name, [text, secret]] of Object.entries(corpus)) {
    it(`hides ${name} and nothing around it`, () => {
      const shown = redact(text);
      assert.ok(!shown.includes(secret), shown);
      assert.match(shown, /\[redacted:[0-9a-f]{4}\]/);
      const [head = ''] = text.split(secret);
      assert.ok(shown.startsWith(head.slice(0, Math.max(0, head.length - 14))), shown);
      assert.equal(redact(shown), shown, 'a second pass changes nothing');
    });
  }

  for (const line of [
    '2026-01-05T10:11:12Z ERROR payment failed: connection refused to db:5432',
    'GET http://checkout:8080/cart?user=a@b.example 200',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'pod checkout-7d9c5b4f6-x2kqp (uid 2f0e4a2c-11aa-4d0c-9a54-7a1ee1b0d7f1) started',
    'SyntaxError: Unexpected token } in JSON at position 12',
    'invalid token: expired',
    'password: not set',
    'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found',
    'secretKeyRef: {name: db, key: password}',
    '{"secretName":"db","key":"password","optional":false}',
    "DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db',
    'automountServiceAccountToken: false',
    'PWD=/app OLDPWD=/',
    'usage: input_tokens=512 max_tokens: 1024',
    'Bearer authentication is required',
    'args: --token-ttl 5m',
    'FATAL: could not read configuration: DATABASE_URL is empty',
  ]) {
    it(`leaves an ordinary line alone: ${line.slice(0, 50)}`, () => {
      assert.equal(redact(line), line);
    });
  }

  it('gives equal values equal placeholders, so that they stay recognisable', () => {
    const [first, second, other] = ['password=hunter2', 'postgres://app:hunter2@db', 'password=hunter3'].map(
      (text) => /\[redacted:(.{4})\]/.exec(redact(text))?.[1],
    );
    assert.equal(first, second);
    assert.notEqual(first, other);
  });

  it('never lets a named value through, wherever it stands', () => {
    const word = fc.stringMatching(/^[a-z]{0,8}$/);
    const secret = fc.stringMatching(/^[A-Za-z0-9]{5,12}[0-9][A-Za-z]$/);
    const form = fc.constantFrom(
      (s: string) => `DB_PASSWORD=${s}`,
      (s: string) => `"client_secret": "${s}"`,
      (s: string) => `api-key: ${s}`,
      (s: string) => `mysql://root:${s}@db/x`,
      (s: string) => `Authorization: Bearer ${s}`,
    );
    fc.assert(
      fc.property(word, secret, form, word, (before, value, write, after) => {
        fc.pre(!before.includes(value) && !after.includes(value));
        assert.ok(!redact(`${before} ${write(value)} ${after}`).includes(value));
      }),
    );
  });

  it('takes any text and is stable', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '\n',
            ' ',
            '"',
            '\\',
            ':',
            '=',
            '@',
            '://',
            'password',
            'token',
            'kind: Secret',
            'data:',
            'Bearer ',
            'eyJ',
            '.',
            'x1',
            '[redacted:',
            ']',
            '-----BEGIN PRIVATE KEY-----',
            "'",
            '{',
            '}',
            'é',
          ),
          maxLength: 60,
        }),
        (text) => {
          const once = redact(text);
          assert.equal(redact(once), once);
        },
      ),
    );
  });
});
