/** Automation does not change the same object again and again. */
import assert from 'node:assert/strict';
import { automaticActions, coolingDown } from '../../../src/policy/limits.ts';
import type { AutomaticAction } from '../../../src/policy/limits.ts';

const target = { kind: 'Deployment', name: 'checkout', namespace: 'shop' };
const now = new Date('2026-01-01T00:10:00Z');
const action = (time: string, changed = target, incidentId = 'P1'): AutomaticAction => ({
  time,
  incidentId,
  target: changed,
});

describe('the cool-down', () => {
  it('holds for the object that was changed, whatever the incident', () => {
    assert.equal(coolingDown([action('2026-01-01T00:09:00Z', target, 'P2')], target, now, 600), true);
    assert.equal(
      coolingDown([action('2026-01-01T00:09:00Z', { ...target, name: 'cart' })], target, now, 600),
      false,
    );
    assert.equal(
      coolingDown([action('2026-01-01T00:09:00Z', { ...target, namespace: 'dev' })], target, now, 600),
      false,
    );
    assert.equal(coolingDown([], target, now, 600), false);
  });

  it('ends on the second', () => {
    assert.equal(coolingDown([action('2026-01-01T00:00:01Z')], target, now, 600), true);
    assert.equal(coolingDown([action('2026-01-01T00:00:00Z')], target, now, 600), false);
  });

  it('holds when the time cannot be read or lies ahead', () => {
    assert.equal(coolingDown([action('yesterday')], target, now, 600), true);
    assert.equal(coolingDown([action('2026-01-01T09:00:00Z')], target, now, 600), true);
  });
});

describe('the number of automatic actions', () => {
  it('is counted for each incident', () => {
    const actions = [action('x'), action('x', target, 'P2'), action('x', { ...target, name: 'cart' })];
    assert.equal(automaticActions(actions, 'P1'), 2);
    assert.equal(automaticActions(actions, 'P3'), 0);
  });
});
