import assert from 'node:assert/strict';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { autoscaledCondition } from '../../../src/remediation/conditions/autoscaled.ts';
import { existsCondition } from '../../../src/remediation/conditions/exists.ts';
import { jobCompleteCondition } from '../../../src/remediation/conditions/job-complete.ts';

const autoscaler = { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'web' };
const job = { kind: 'Job', namespace: 'shop', name: 'export' };

describe('an autoscaler has as many replicas as the load needs', () => {
  const at = (desired: number, current: number, used?: number): KubeObject => ({
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 80 },
    status: { desiredReplicas: desired, currentReplicas: current, currentCPUUtilizationPercentage: used },
  });

  it('when it runs what it wishes for, below its maximum, and what it aims at is reached', () => {
    assert.deepEqual(autoscaledCondition(autoscaler, at(4, 4, 84)), {
      met: true,
      message: 'HorizontalPodAutoscaler shop/web wishes for 4 replicas of at most 5, and has them',
    });
  });

  for (const [why, object, message] of [
    ['it is at its maximum again', at(5, 5, 80), /5 replicas, its maximum/],
    ['they do not run yet', at(4, 2, 80), /4 replicas, 2 run/],
    ['they do not carry the load yet', at(4, 4, 160), /cpu is at 200 %/],
    ['it is gone', undefined, /does not exist/],
  ] as const) {
    it(`not while ${why}`, () => {
      const { met, message: said } = autoscaledCondition(autoscaler, object);
      assert.equal(met, false);
      assert.match(said, message);
    });
  }
});

describe('a Job is complete', () => {
  const conditioned = (type: string, status = 'True'): KubeObject => ({
    kind: 'Job',
    metadata: { namespace: 'shop', name: 'export' },
    status: { conditions: [{ type, status }] },
  });

  it('when its condition says so, and not before, nor when it failed or is gone', () => {
    assert.equal(jobCompleteCondition(job, conditioned('Complete')).met, true);
    for (const one of [
      conditioned('Failed'),
      conditioned('Complete', 'False'),
      conditioned('Suspended'),
      undefined,
    ]) {
      assert.equal(jobCompleteCondition(job, one).met, false);
    }
    assert.match(jobCompleteCondition(job, conditioned('Failed')).message, /has failed/);
  });
});

describe('an object is there', () => {
  it('when it exists, and not when it is gone', () => {
    const there = { kind: 'Job', metadata: { namespace: 'shop', name: 'export' } };
    assert.equal(existsCondition(job, there).met, true);
    assert.equal(existsCondition(job, undefined).met, false);
  });
});
