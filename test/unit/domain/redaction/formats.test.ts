/** No credential of a known form gets through, however it is wrapped. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { redact } from '../../../../src/domain/redaction.ts';
import { blocks, places, tokens, type Format } from './formats.ts';

const all: [name: string, format: Format][] = [
  ...Object.entries(tokens).map(([name, token]): [string, Format] => [
    name,
    { text: token, secrets: [token] },
  ]),
  ...Object.entries(places),
  ...Object.entries(blocks),
];

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
/** How a text reaches a log or an alert; each with how the credential itself is then written. */
const wrappings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'as a JSON string': (text) => `{"level":"error","log":${JSON.stringify(text)},"n":1}`,
  'as JSON within JSON': (text) => JSON.stringify({ message: JSON.stringify({ log: text }), n: 1 }),
  'as JSON within JSON within JSON': (text) =>
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: text }) }) }),
  'encoded for an address': (text) => `GET /log?x=1&m=${encodeURIComponent(text)}&y=2 200`,
  'behind what a collector puts before each line': (text) =>
    text.replace(/^|(?<=\n)/g, '2026-11-22T10:11:12.123456789Z stdout F '),
  'behind the name of a pod': (text) => text.replace(/^|(?<=\n)/g, '[pod/checkout-7d9c5b4f6-x2kqp/app] '),
  'behind a level': (text) => text.replace(/^|(?<=\n)/g, '2026-11-22 10:11:12,123 ERROR '),
  'as a block of YAML': (text) => `spec:\n  message: |\n${text.replace(/^|(?<=\n)/g, '    ')}\n  other: 1`,
  'in base64': (text) => `payload ${Buffer.from(text).toString('base64')} received`,
};

function leaks(shown: string, { secrets }: Format): string[] {
  return secrets
    .flatMap((secret) => [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret)])
    .filter((secret) => shown.includes(secret));
}

describe('A credential', () => {
  for (const [name, format] of all) {
    it(`such as ${name} is hidden in every wrapping`, () => {
      for (const [how, wrap] of Object.entries(wrappings)) {
        if (format.asIs === true && how !== 'as it is') continue;
        const shown = redact(wrap(format.text));
        assert.deepEqual(leaks(shown, format), [], `${how}: ${shown}`);
        assert.match(shown, /\[redacted:[0-9a-f]{4}\]/, how);
        assert.equal(redact(shown), shown, `${how}: a second pass changes nothing`);
      }
    });
  }

  it('is hidden in a text that begins with an empty line, as the end of a key does', () => {
    for (const format of Object.values(blocks)) {
      for (const before of ['\n', '\n\n', '\r\n', ' \n']) {
        assert.deepEqual(leaks(redact(`${before}${format.text}`), format), [], JSON.stringify(before));
      }
    }
  });

  it('is hidden whatever stands around it', () => {
    const around = fc.stringMatching(/^[ -~]{0,40}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...all.filter(([, { asIs }]) => asIs !== true)),
        fc.constantFrom(...Object.entries(wrappings)),
        around,
        around,
        fc.constantFrom('\n', ' ', '\n\n', '\r\n', '\t'),
        ([name, format], [how, wrap], before, after, gap) => {
          const text = `${before}\n${wrap(format.text)}${gap}${after}`;
          const shown = redact(text);
          assert.deepEqual(leaks(shown, format), [], `${name}, ${how}: ${text} became ${shown}`);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('leaves what stands around it', () => {
    for (const token of Object.values(tokens)) {
      const shown = redact(`before the token ${token} and after it`);
      assert.match(shown, /^before the token \[redacted:[0-9a-f]{4}\] and after it$/, token.slice(0, 6));
    }
  });
});
