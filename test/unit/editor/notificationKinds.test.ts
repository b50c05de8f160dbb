import assert from 'node:assert/strict';
import { hiddenKinds, notificationKinds } from '../../../src/editor/notificationKinds.ts';

describe('Kinds of notifications', () => {
  it('are all shown until a person wants one no more', () => {
    assert.deepEqual(hiddenKinds(undefined), []);
    assert.deepEqual(hiddenKinds(['breaker']), ['breaker']);
  });

  it('are remembered once each, whatever else was kept', () => {
    assert.deepEqual(hiddenKinds(['breaker', 'incident', 'incident', 'other', 7]), ['incident', 'breaker']);
    for (const nonsense of [null, 'incident', { incident: true }, 3])
      assert.deepEqual(hiddenKinds(nonsense), []);
    assert.deepEqual(hiddenKinds([...notificationKinds]), [...notificationKinds]);
  });
});
