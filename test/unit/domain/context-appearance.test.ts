import assert from 'node:assert/strict';
import { appearanceOf } from '../../../src/domain/context-appearance.ts';

describe('How a context looks', () => {
  const map = {
    'prod-eu': { appearance: 'production', label: 'EU production' },
    'prod-*': { appearance: 'production' },
    '*': { appearance: 'staging' },
  } as const;

  it('is what the first glob says that its name fits, in capitals or not', () => {
    assert.deepEqual(appearanceOf(map, 'prod-eu'), { appearance: 'production', label: 'EU production' });
    assert.deepEqual(appearanceOf(map, 'Prod-US'), { appearance: 'production' });
    assert.deepEqual(appearanceOf(map, 'kind'), { appearance: 'staging' });
  });

  it('is neutral where nothing is said of it', () => {
    assert.deepEqual(appearanceOf({}, 'prod'), { appearance: 'neutral' });
    assert.deepEqual(appearanceOf({ 'prod-*': { appearance: 'production' } }, '__proto__'), {
      appearance: 'neutral',
    });
  });
});
