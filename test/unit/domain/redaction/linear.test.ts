/** A hostile log must not keep anybody waiting: twice the text takes about twice the time. */
import assert from 'node:assert/strict';
import { redact } from '../../../../src/domain/redaction.ts';

/** Beginnings that never end, in the order of the rules that they are meant to lead astray. */
const hostile = [
  'a1B2',
  '-eyJ-',
  'eyJa.eyJ',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----END PRIVATE KEY-----\n',
  'abcd efgh ',
  '://',
  'a://b:',
  'a://b:c@',
  'password=',
  'password="',
  "password='\\",
  'password: |\n ',
  'password:\n',
  'kind: Secret\ndata:\n ',
  '"kind":"Secret","data":{',
  '"data":{"a":"',
  'name: password value: ',
  '"value":"',
  'authorization: ',
  'cookie=',
  'Bearer ',
  'curl -u ',
  'mysql -p',
  'jdbc:oracle:thin:',
  '<password>',
  '--password ',
  '\\"\\\\',
  '%25%22',
  'QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n',
  '[redacted:1a2b]',
  'name="password"\r\n',
  ' '.repeat(7),
  '2026-01-01T10:00:00Z ',
  '$2b$',
  'user x ',
];

/** The least of three times, in milliseconds: what else the machine does only adds to it. */
function leastTime(text: string): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const start = performance.now();
      redact(text);
      return performance.now() - start;
    }),
  );
}

describe('The time that redacting takes', () => {
  for (const unit of hostile) {
    it(`grows no faster than the text, for ${JSON.stringify(unit)} again and again`, function () {
      this.timeout(120_000);
      const of = (length: number) => unit.repeat(Math.ceil(length / unit.length));
      // Long enough that the time is that of the rules, and not of whatever else happens in a millisecond.
      let length = 16_384;
      let small = leastTime(of(length));
      while (small < 25 && length < 262_144) {
        length *= 2;
        small = leastTime(of(length));
      }
      const large = leastTime(of(4 * length));
      // Four times the text; a rule that reads the rest of the text at every place would take sixteen times as long.
      assert.ok(large < 10 * Math.max(small, 10), `${small.toFixed(1)} ms became ${large.toFixed(1)} ms`);
    });
  }

  it('grows no faster for a megabyte of all of it', function () {
    this.timeout(120_000);
    const block = hostile.join('');
    const of = (length: number) => block.repeat(Math.ceil(length / block.length)).slice(0, length);
    const quarter = leastTime(of(250_000));
    const start = performance.now();
    redact(of(1_000_000));
    assert.ok(performance.now() - start < 10 * quarter);
  });
});
