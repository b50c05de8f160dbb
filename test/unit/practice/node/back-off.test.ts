import assert from 'node:assert/strict';
import { backOff, goDuration } from '../../../../src/practice/node/backoff.ts';

describe('the back-off of a node', () => {
  it('begins with 10 seconds, doubles, and ends at five minutes', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 50].map((failure) => goDuration(backOff(failure))),
      ['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s'],
    );
  });
});
