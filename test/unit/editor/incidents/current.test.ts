/** How current the list of incidents is, and how that is said. */
import assert from 'node:assert/strict';
import { OncallError } from '../../../../src/domain/error.ts';
import { clockTime, doubtOf, doubtWords } from '../../../../src/editor/incidents/current.ts';

const error = (code: 'pagerduty-unauthorized' | 'pagerduty-forbidden' | 'pagerduty-unreachable') =>
  new OncallError(code, 'what', 'next');

describe('The list of incidents', () => {
  it('is in doubt only while the last answer was none', () => {
    assert.equal(doubtOf({ kind: 'ok', incidents: [], at: 1, readAt: 1 }), undefined);
    assert.equal(doubtOf({ kind: 'loading', incidents: [], at: 1 }), undefined);
    assert.equal(doubtOf({ kind: 'no-token', incidents: [] }), undefined);
    const failed = { kind: 'error', incidents: [], at: 9, readAt: 1 } as const;
    assert.deepEqual(doubtOf({ ...failed, error: error('pagerduty-unreachable') }), {
      refused: false,
      readAt: 1,
    });
    for (const code of ['pagerduty-unauthorized', 'pagerduty-forbidden'] as const) {
      assert.equal(doubtOf({ ...failed, error: error(code) })?.refused, true);
    }
    assert.equal(doubtOf({ ...failed, error: new TypeError('x') })?.refused, false);
  });

  it('is said to be as old as it is, and not as the last attempt', () => {
    const readAt = Date.UTC(2026, 0, 1, 3, 10);
    const now = new Date(readAt + 3 * 60 * 60_000);
    assert.equal(doubtWords({ refused: false, readAt }, now), `No answer since ${clockTime(readAt)} (3h)`);
    assert.equal(doubtWords({ refused: true, readAt }, now), `Token refused since ${clockTime(readAt)} (3h)`);
    assert.equal(doubtWords({ refused: true }, now), 'Token refused');
  });
});
