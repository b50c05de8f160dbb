import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pace } from '../../../../src/remediation/preview/pace.ts';

const workload = (kind: string, spec: object) => ({ kind, metadata: { name: 'web' }, spec });

describe('How fast a workload replaces its pods', () => {
  it('is a quarter missing and a quarter more where a Deployment does not say', () => {
    const { strategy, maxUnavailable, maxSurge } = pace(workload('Deployment', { replicas: 6 }), 6);
    assert.deepEqual([strategy, maxUnavailable, maxSurge], ['RollingUpdate', 1, 2]);
  });

  it('is all at once where a Deployment recreates', () => {
    const spec = { replicas: 3, strategy: { type: 'Recreate' } };
    assert.equal(pace(workload('Deployment', spec), 3).maxUnavailable, 3);
  });

  it('is nothing for now where the rollout is paused or waits for deletions', () => {
    assert(pace(workload('Deployment', { paused: true }), 3).waits);
    assert(pace(workload('StatefulSet', { updateStrategy: { type: 'OnDelete' } }), 3).waits);
  });

  it('is one after the other for a StatefulSet and a DaemonSet that do not say', () => {
    assert.equal(pace(workload('StatefulSet', {}), 3).maxUnavailable, 1);
    assert.equal(pace(workload('DaemonSet', {}), 3).maxUnavailable, 1);
  });

  it('never stands still: something is missing or more, whatever a Deployment says', () => {
    const amount = fc.oneof(
      fc.nat(20),
      fc.nat(100).map((percent) => `${percent}%`),
    );
    fc.assert(
      fc.property(amount, amount, fc.nat(50), (maxSurge, maxUnavailable, replicas) => {
        const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
        const how = pace(workload('Deployment', { replicas, strategy }), replicas);
        assert(how.maxSurge + how.maxUnavailable >= 1);
        assert(Number.isInteger(how.maxSurge) && Number.isInteger(how.maxUnavailable));
      }),
    );
  });
});
