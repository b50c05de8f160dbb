/** Objects without credentials: of Kubernetes, of alerts, of the journal. */
import assert from 'node:assert/strict';
import { redact, redactTree } from '../../../../src/domain/redaction.ts';
import { made } from './formats.ts';

const hidden = /^\[redacted:[0-9a-f]{4}\]$/;
const random = made('word', 32, 'env');
const env = (name: string, value: string) => redactTree({ name, value }).value;

describe('An object', () => {
  it('loses the values of variables that are called like a credential', () => {
    for (const name of [
      'DB_PASSWORD',
      'apiKey',
      'AWS_SECRET_ACCESS_KEY',
      'SESSION_TOKEN',
      'DBPASS',
      'PGPASSWORD',
    ]) {
      assert.match(env(name, 'correct horse'), hidden, name);
    }
  });

  it('loses the values of variables that look like one, whatever they are called', () => {
    assert.match(env('UPSTREAM', random), hidden);
    assert.match(
      env('DATABASE_URL', 'postgres://app:hunter2@db/shop'),
      /^postgres:\/\/app:\[redacted:.{4}\]@db\/shop$/,
    );
  });

  it('keeps all other variables', () => {
    for (const [name, value] of [
      ['LOG_LEVEL', 'debug'],
      ['IMAGE', `registry.example/web@sha256:${made('hex', 64, 'image')}`],
      ['TRACE_ID', made('hex', 32, 'trace')],
      ['POD_UID', '2f0e4a2c-11aa-4d0c-9a54-7a1ee1b0d7f1'],
      ['GREETING', Buffer.from('a harmless sentence, nothing more').toString('base64')],
      ['TOKEN_FILE', '/var/run/secrets/token'],
      ['FEATURES', 'newCheckoutFlow,fastCartV2'],
    ] as const) {
      assert.equal(env(name, value), value);
    }
  });

  it('loses all of the data of a Secret, and nothing of where it is used', () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'db' },
      data: { user: 'YXBw' },
      stringData: { note: 'x' },
    };
    const shown = redactTree(secret);
    assert.match(shown.data.user, hidden);
    assert.match(shown.stringData.note, hidden);
    assert.equal(shown.metadata.name, 'db');
    const volume = { secret: { secretName: 'web-tls' }, secretKeyRef: { name: 'db', key: 'password' } };
    assert.deepEqual(redactTree(volume), volume);
  });

  it('loses what stands behind a flag, although the two are apart', () => {
    assert.match(redactTree(['tool', '--password', 'hunter2', '--host', 'db'])[2] ?? '', hidden);
    assert.deepEqual(redactTree(['--token-ttl', '5m']), ['--token-ttl', '5m']);
    assert.deepEqual(redactTree(['--password', '--host']), ['--password', '--host']);
  });

  it('loses numbers and lists that are credentials by their name', () => {
    const shown = redactTree({ password: 81726354, tokens: ['abc', 'def'], port: 81726354 } as Record<
      string,
      unknown
    >);
    assert.match(String(shown['password']), hidden);
    assert.ok((shown['tokens'] as string[]).every((token) => hidden.test(token)));
    assert.equal(shown['port'], 81726354);
  });

  it('keeps to the letter what is asked for', () => {
    const labels = { token: random };
    assert.deepEqual(redactTree({ labels }, { exact: (key) => key === 'labels' }), { labels });
  });

  it('is the same with members that are undefined left out', () => {
    assert.deepEqual(redactTree({ a: 1, b: undefined, c: null, d: [true] }), { a: 1, c: null, d: [true] });
  });

  it('shows that two values are equal, also between a text and an object', () => {
    const [inObject, again, other] = ['hunter2', 'hunter2', 'hunter3'].map((value) => env('PASSWORD', value));
    assert.equal(inObject, again);
    assert.notEqual(inObject, other);
    assert.equal(redact('{"password":"hunter2"}'), `{"password":"${inObject}"}`);
    assert.equal(redact('password%3Dhunter2'), `password%3D${inObject}`, 'however it is encoded');
  });
});

describe('An e-mail address', () => {
  const text = 'mail from ada@shop.example, user=bob.b+x@mail.shop.example';

  it('stays, unless it is asked for', () => {
    assert.equal(redact(text), text);
    assert.match(redact(text, { emails: true }), /^mail from \[redacted:.{4}\], user=\[redacted:.{4}\]$/);
    assert.match(redactTree({ from: 'ada@shop.example' }, { emails: true }).from, hidden);
  });

  it('is told apart from an image and from a systemd unit', () => {
    for (const other of ['registry.example/web@sha256:abc', 'getty@tty1', 'postgres://app@db:5432/x']) {
      assert.equal(redact(other, { emails: true }), other);
    }
  });
});
