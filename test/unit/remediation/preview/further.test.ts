import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { noReach, type Reach } from '../../../../src/domain/preview.ts';
import { reachesFurther } from '../../../../src/remediation/preview/further.ts';

const ref = { kind: 'Service', namespace: 'shop', name: 'web' };
const service = (lost: number, ready: number, forGood = false): Reach => ({
  ...noReach,
  services: [{ ref, lost, ready, forGood }],
});
const pods = (replaced: number, removed = 0, added = 0): Reach => ({
  ...noReach,
  pods: { replaced, removed, added },
});
const budget = (allowed: number, covered: number, asked = true): Reach => ({
  ...noReach,
  budgets: [{ ref, allowed, covered, asked }],
});
const rollout = (maxUnavailable: number): Reach => ({
  ...noReach,
  rollouts: [{ ref, strategy: 'RollingUpdate', maxUnavailable, maxSurge: 1 }],
});
const scaled: Reach = { ...noReach, autoscalers: [{ ref, minimum: 1, maximum: 5, replicas: 2 }] };

describe('A change reaches further than it was shown', () => {
  const further: readonly [string, Reach, Reach][] = [
    ['where more pods are replaced', pods(2), pods(3)],
    ['where pods go away that stayed', pods(2), pods(2, 1)],
    ['where a Service loses a larger share of what is ready', service(1, 3), service(1, 2)],
    ['where a Service loses for good what it lost meanwhile', service(1, 3), service(1, 3, true)],
    ['where another Service loses anything', noReach, service(1, 3)],
    ['where a rollout misses more pods at a time', rollout(1), rollout(2)],
    ['where a budget holds it back that did not', budget(2, 2), budget(1, 2)],
    ['where an autoscaler has come that will fight it', noReach, scaled],
  ];
  for (const [what, shown, now] of further) it(what, () => assert.equal(reachesFurther(shown, now), true));

  const covered: readonly [string, Reach, Reach][] = [
    ['fewer pods are replaced', pods(3), pods(2)],
    ['pods are added', pods(2), pods(2, 0, 4)],
    ['a Service loses a smaller share', service(1, 2), service(1, 3)],
    ['a budget is not asked', noReach, budget(0, 2, false)],
    ['a budget allows as much as it did', budget(0, 2), budget(0, 2)],
    ['nothing is reached any more', { ...service(1, 2), ...pods(2) }, noReach],
  ];
  for (const [what, shown, now] of covered)
    it(`and not where ${what}`, () => assert.equal(reachesFurther(shown, now), false));

  it('never where nothing has changed', () => {
    const count = fc.nat({ max: 9 });
    const reach = fc.record<Reach>({
      pods: fc.record({ replaced: count, removed: count, added: count }),
      rollouts: fc.array(
        fc.record({ ref: fc.constant(ref), strategy: fc.string(), maxUnavailable: count, maxSurge: count }),
        { maxLength: 1 },
      ),
      services: fc.array(
        fc.record({ ref: fc.constant(ref), ready: count, lost: count, forGood: fc.boolean() }),
        { maxLength: 1 },
      ),
      budgets: fc.array(
        fc.record({ ref: fc.constant(ref), allowed: count, covered: count, asked: fc.boolean() }),
        { maxLength: 1 },
      ),
      autoscalers: fc.constant([]),
    });
    fc.assert(fc.property(reach, (one) => !reachesFurther(one, structuredClone(one))));
  });
});
