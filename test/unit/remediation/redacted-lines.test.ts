import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RedactedLines } from '../../../src/remediation/redacted-lines.ts';

function shown(lines: readonly string[], together = false): string[] {
  const result: string[] = [];
  const redacted = new RedactedLines((line) => result.push(line), together);
  for (const line of lines) redacted.push(line);
  redacted.end();
  return result;
}

const body = (seed: string) => seed.repeat(64).slice(0, 64);
const key = [
  '-----BEGIN RSA PRIVATE KEY-----',
  body('MIIEowIBAAK'),
  body('aGVsbG8gd29'),
  'dA==',
  '-----END RSA PRIVATE KEY-----',
];

describe('the lines of an output', () => {
  it('are shown as they come', () => {
    const result: string[] = [];
    const redacted = new RedactedLines((line) => result.push(line), false);
    redacted.push('deployment.apps/checkout rolled back');
    assert.deepEqual(result, ['deployment.apps/checkout rolled back']);
  });

  it('never show a line of a private key, and go on after it', () => {
    const text = shown(['before', ...key, 'after']);
    assert.equal(text[0], 'before');
    assert.equal(text.at(-1), 'after');
    for (const line of key.slice(1, 4)) assert.ok(!text.join('\n').includes(line), text.join('\n'));
    assert.match(text.join('\n'), /BEGIN RSA PRIVATE KEY-----\[redacted:\w{4}\]-----END RSA PRIVATE KEY/);
  });

  it('never show a line of a private key that is broken off', () => {
    const text = shown(['before', ...key.slice(0, 3)]).join('\n');
    assert.ok(!text.includes(key[1] ?? '-') && !text.includes(key[2] ?? '-'), text);
  });

  it('hold back what follows a second key that begins where the first one ends', () => {
    const text = shown([...key.slice(0, 4), `${key[4]} ${key[0]}`, ...key.slice(1)]).join('\n');
    for (const line of key.slice(1, 4)) assert.ok(!text.includes(line), text);
  });

  it('are judged together where the command prints a Secret, whose kind comes after its values', () => {
    const secret = ['apiVersion: v1', 'data:', '  host: aHVudGVyMjIyMg==', 'kind: Secret'];
    assert.ok(shown(secret).join('\n').includes('aHVudGVyMjIyMg=='), 'a line alone does not tell');
    assert.ok(!shown(secret, true).join('\n').includes('aHVudGVyMjIyMg=='));
  });

  it('are bounded, however much a key without an end holds', () => {
    const text = shown([key[0] ?? '', ...Array.from({ length: 20_000 }, () => body('QUJDREVGRw'))]);
    assert.ok(text.join('\n').length < 1000, `${text.join('\n').length} characters`);
  });

  it('keep every line that holds no credential, in order', () => {
    const harmless = fc.array(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/));
    fc.assert(fc.property(harmless, (lines) => assert.deepEqual(shown(lines), lines)));
  });
});
