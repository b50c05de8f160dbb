/** What holds no credential stays to the letter: people have to read it. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { redact } from '../../../../src/domain/redaction.ts';
import { made } from './formats.ts';
import { ordinary } from './ordinary.ts';

describe('What holds no credential', () => {
  it(`is left alone: none of ${ordinary.length} texts is touched`, () => {
    assert.deepEqual(
      ordinary.map((text) => redact(text)).filter((shown, index) => shown !== ordinary[index]),
      [],
    );
  });

  it('is left alone inside JSON too', () => {
    const wrapped = ordinary.map((text) => JSON.stringify({ log: text, stream: 'stdout' }));
    assert.deepEqual(
      wrapped.map((text) => redact(text)).filter((shown, index) => shown !== wrapped[index]),
      [],
    );
  });

  it('is left alone where identifiers of all sorts are logged', () => {
    const hex = (length: number) => fc.integer({ min: 0 }).map((seed) => made('hex', length, `${seed}`));
    const small = (length: number) => fc.integer({ min: 0 }).map((seed) => made('base36', length, `${seed}`));
    const line = fc.oneof(
      fc.tuple(hex(32), hex(16)).map(([trace, span]) => `trace_id=${trace} span_id=${span}`),
      hex(64).map((digest) => `image: registry.example/shop/web@sha256:${digest}`),
      hex(40).map((commit) => `deploying commit ${commit}`),
      fc.uuid().map((uid) => `uid: ${uid}`),
      fc.tuple(small(10), small(5)).map(([set, pod]) => `pod/checkout-${set}-${pod} condition met`),
      fc.date({ noInvalidDate: true }).map((date) => `at ${date.toISOString()} on node ip-10-0-0-7`),
      fc.nat().map((version) => `resourceVersion: "${version}", generation: 3`),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const text = lines.join('\n');
        assert.equal(redact(text), text);
      }),
      { numRuns: 300 },
    );
  });
});
