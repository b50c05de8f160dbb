import assert from 'node:assert/strict';
import fc from 'fast-check';
import { duration, percent, percentRange, stepStates } from '../../../src/domain/words.ts';

describe('Words that stand in every view', () => {
  it('never make more of a confidence than it is', () => {
    assert.deepEqual([0, 0.696, 0.7, 0.9999, 1].map(percent), ['0 %', '69.6 %', '70 %', '99.9 %', '100 %']);
    assert.equal(percentRange(0.8, 0.9), '80 to 90 %');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const said = Number.parseFloat(percent(share));
        assert.ok(said / 100 <= share + 1e-9 && said / 100 > share - 0.0011);
      }),
    );
  });

  it('tell a duration in as many words as it needs', () => {
    assert.deepEqual([400, 9_900, 12_300, 59_999, 60_000, 125_000, 600_000].map(duration), [
      ...['0.4 s', '9.9 s', '12 s', '59 s', '1 min', '2 min 5 s', '10 min'],
    ]);
  });

  it('are different for each state of a step', () => {
    const labels = Object.values(stepStates).map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length);
  });
});
