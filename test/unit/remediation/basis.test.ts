/** A plan rests on objects as they were: whoever changed them since is noticed before a command runs. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { basisOf, changedBasis } from '../../../src/remediation/basis.ts';
import { wishOf } from '../../../src/remediation/spec-hash.ts';

const deployment = (replicas: number, more: { generation?: number; uid?: string } = {}): KubeObject => ({
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop', uid: 'u1', generation: 1, ...more },
  spec: { replicas },
});
const planned = [basisOf(deployment(2))];
const ref = { kind: 'Deployment', namespace: 'shop', name: 'cart' };

describe('What a step was planned on', () => {
  it('still holds where nobody wrote anything, whatever the status says', () => {
    const now = { ...deployment(2), status: { readyReplicas: 0 } };
    assert.equal(changedBasis(planned, [], [now]), undefined);
  });

  it('has changed where the object asks for something else, is gone, or is another of the same name', () => {
    assert.deepEqual(changedBasis(planned, [], [deployment(3, { generation: 2 })]), ref);
    assert.deepEqual(changedBasis(planned, [], []), ref);
    assert.deepEqual(changedBasis(planned, [], [deployment(2, { uid: 'u2' })]), ref);
  });

  it('has changed where somebody did it and put it back', () => {
    assert.deepEqual(changedBasis(planned, [], [deployment(2, { generation: 3 })]), ref);
  });

  it('takes what the run itself has left behind for its own', () => {
    const own = deployment(4, { generation: 2 });
    assert.equal(changedBasis(planned, [wishOf(own)], [own]), undefined);
    assert.deepEqual(changedBasis(planned, [wishOf(own)], [deployment(5, { generation: 3 })]), ref);
  });

  it('is never taken for unchanged after a change of the spec', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (before, after) => {
        const changed = changedBasis([basisOf(deployment(before))], [], [deployment(after)]);
        assert.equal(changed === undefined, before === after);
      }),
    );
  });
});
