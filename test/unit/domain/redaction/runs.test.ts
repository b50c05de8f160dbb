import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alphabet, longestRun, longRuns } from '../../../../src/domain/redaction/runs.ts';
import { redact } from '../../../../src/domain/redaction.ts';

const letters = alphabet('+/_-');
const text = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '-', '/', ' ', '\n', '.', 'é', '日'),
  maxLength: 60,
});

describe('The words of a text', () => {
  it('are those that a pattern would find', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 8 }), (one, least) => {
        const found: string[] = [];
        longRuns(one, letters, least, (start, end) => found.push(one.slice(start, end)));
        const words = [...one.matchAll(/[A-Za-z0-9+/_-]+/g)].map(([word]) => word);
        assert.deepEqual(
          found,
          words.filter(({ length }) => length >= least),
        );
        assert.equal(longestRun(one, letters), Math.max(0, ...words.map(({ length }) => length)));
      }),
    );
  });

  it('hide a token wherever it stands, be it the shortest that there is', () => {
    const token = 'xoxb-1234567890';
    fc.assert(
      fc.property(text, text, (before, after) => {
        // Right behind a letter or a digit none begins, and what follows on it may be part of it.
        const shown = redact(`${before} ${token} ${after}`);
        assert.doesNotMatch(shown, /xoxb-\d/);
      }),
    );
  });
});
