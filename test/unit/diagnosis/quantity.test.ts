import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCpu, formatMemory, parseQuantity } from '../../../src/diagnosis/quantity.ts';

describe('quantities', () => {
  it('are read in every spelling that Kubernetes writes', () => {
    const spellings: [string, number][] = [
      ['0', 0],
      ['250m', 0.25],
      ['1.5', 1.5],
      ['128Mi', 128 * 2 ** 20],
      ['2Gi', 2 ** 31],
      ['1e3', 1000],
      ['5E', 5e18],
      ['100n', 1e-7],
      ['129M', 129e6],
    ];
    for (const [text, value] of spellings) assert.equal(parseQuantity(text), value, text);
  });

  it('are undefined for anything else', () => {
    for (const text of ['', 'Mi', '12X', '1,5', '1 Gi', '--1', undefined, null, {}, 'ten'])
      assert.equal(parseQuantity(text), undefined, String(text));
  });

  it('never come out larger than they went in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (milli) => {
        assert.equal(parseQuantity(formatCpu(milli / 1000)), milli / 1000);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 2 ** 20, max: 2 ** 45, noNaN: true }), (bytes) => {
        const back = parseQuantity(formatMemory(bytes));
        assert(back !== undefined && back <= bytes && back > bytes - 2 ** 20);
      }),
    );
  });
});
