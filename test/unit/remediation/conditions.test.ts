import assert from 'node:assert/strict';
import { endpointsCondition } from '../../../src/remediation/conditions/endpoints.ts';
import { podReplacedCondition } from '../../../src/remediation/conditions/pod-replaced.ts';
import { replicasCondition } from '../../../src/remediation/conditions/replicas.ts';
import { restartCounts, restartedSince } from '../../../src/remediation/conditions/restarts.ts';
import { restoredCondition } from '../../../src/remediation/conditions/restored.ts';
import { rolloutCondition } from '../../../src/remediation/conditions/rollout.ts';
import { labelSelectorText } from '../../../src/remediation/label-selector.ts';
import { specHash } from '../../../src/remediation/spec-hash.ts';
import { deployment, pod, replicaSet, service, slice } from './objects.ts';

const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const payments = { kind: 'Service', namespace: 'shop', name: 'payments' };

describe('a rollout is complete', () => {
  it('when all replicas are updated, ready and available', () => {
    assert.deepEqual(rolloutCondition(checkout, deployment(3)), {
      met: true,
      message: '3 of 3 replicas updated, ready and available',
    });
  });

  const incomplete: [string, Parameters<typeof deployment>, string][] = [
    [
      'the controller has not seen the change',
      [3, { observedGeneration: 1 }],
      'waiting for the controller to see the change of Deployment shop/checkout',
    ],
    ['a replica is not updated', [3, { updatedReplicas: 2 }], '2 of 3 replicas updated'],
    ['an old replica is left', [3, { replicas: 4 }], '1 old replica still to end'],
    ['a replica is not ready', [3, { readyReplicas: 2 }], '2 of 3 replicas ready'],
    ['a replica is not available yet', [3, { availableReplicas: 1 }], '1 of 3 replicas available'],
    [
      'there is no status yet',
      [1, { replicas: undefined, updatedReplicas: undefined }],
      '0 of 1 replica updated',
    ],
  ];
  for (const [why, of, message] of incomplete) {
    it(`not while ${why}`, () => {
      assert.deepEqual(rolloutCondition(checkout, deployment(...of)), { met: false, message });
    });
  }

  it('not when the workload is gone', () => {
    assert.deepEqual(rolloutCondition(checkout, undefined), {
      met: false,
      message: 'Deployment shop/checkout does not exist',
    });
  });

  it('for a DaemonSet by its own counts', () => {
    const daemons = (ready: number) => ({
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'shop', generation: 1 },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberReady: ready,
        numberAvailable: ready,
      },
    });
    assert.equal(rolloutCondition({ ...checkout, kind: 'DaemonSet' }, daemons(2)).met, true);
    assert.equal(rolloutCondition({ ...checkout, kind: 'DaemonSet' }, daemons(1)).met, false);
  });

  it('for a StatefulSet that has stopped counting its updated replicas', () => {
    const set = (status: Record<string, unknown>) => ({
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop', generation: 1 },
      spec: { replicas: 2 },
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, currentRevision: 'db-2', ...status },
    });
    const ref = { ...checkout, kind: 'StatefulSet' };
    assert.equal(rolloutCondition(ref, set({ updateRevision: 'db-2' })).met, true);
    assert.equal(rolloutCondition(ref, set({ updateRevision: 'db-3', updatedReplicas: 1 })).met, false);
  });
});

describe('a workload has the replicas that were asked for', () => {
  it('when all of them are ready', () => {
    assert.deepEqual(replicasCondition(checkout, 3, deployment(3)), {
      met: true,
      message: '3 of 3 replicas ready',
    });
    assert.equal(replicasCondition(checkout, 0, deployment(0)).met, true);
  });

  it('not before, and it says how far it is', () => {
    assert.equal(
      replicasCondition(checkout, 3, deployment(3, { readyReplicas: 2 })).message,
      '2 of 3 replicas ready',
    );
    assert.equal(
      replicasCondition(checkout, 1, deployment(1, { replicas: 2 })).message,
      '1 replica still to end',
    );
    assert.equal(replicasCondition(checkout, 3, deployment(3, { observedGeneration: 1 })).met, false);
  });

  it('not when somebody asked for another number since', () => {
    assert.equal(replicasCondition(checkout, 3, deployment(2)).message, '2 replicas asked for instead of 3');
  });
});

describe('a pod is replaced', () => {
  const old = pod('old');

  it('when it is gone and its controller has all its pods ready', () => {
    assert.equal(podReplacedCondition(old, replicaSet(2), [pod('a'), pod('new')]).met, true);
  });

  it('not while it is there, nor while the new one is not ready or on its way out', () => {
    assert.equal(
      podReplacedCondition(old, replicaSet(2), [old, pod('a'), pod('new')]).message,
      'waiting for checkout-abc-old to be gone',
    );
    assert.equal(
      podReplacedCondition(old, replicaSet(2), [pod('a'), pod('new', { ready: false })]).message,
      '1 of 2 pods of ReplicaSet shop/checkout-abc ready',
    );
    const ending = pod('b', { meta: { deletionTimestamp: '2026-11-22T12:00:00Z' } });
    assert.equal(podReplacedCondition(old, replicaSet(2), [pod('a'), ending]).met, false);
    assert.equal(podReplacedCondition(old, replicaSet(0), []).met, false);
  });

  it('not by pods of another controller', () => {
    const other = pod('x', {
      meta: { ownerReferences: [{ kind: 'ReplicaSet', uid: 'rs2', controller: true }] },
    });
    assert.equal(podReplacedCondition(old, replicaSet(1), [other]).met, false);
  });

  it('never when no controller owns it', () => {
    const alone = pod('alone', { meta: { ownerReferences: [] } });
    assert.match(podReplacedCondition(alone, undefined, []).message, /nothing replaces it/);
  });
});

describe('a Service has endpoints', () => {
  it('when one of them is ready, or does not say that it is not', () => {
    assert.deepEqual(endpointsCondition(payments, [slice(true, false)]), {
      met: true,
      message: '1 ready endpoint',
    });
    assert.equal(
      endpointsCondition(payments, [slice(), slice(undefined, true)]).message,
      '2 ready endpoints',
    );
  });

  it('by its Endpoints as well, where a cluster has no slices', () => {
    const endpoints = (...subsets: object[]) => ({
      kind: 'Endpoints',
      metadata: { name: 'payments' },
      subsets,
    });
    assert.equal(endpointsCondition(payments, [endpoints({ addresses: [{ ip: '10.0.0.1' }] })]).met, true);
    assert.equal(
      endpointsCondition(payments, [endpoints({ notReadyAddresses: [{ ip: '10.0.0.1' }] })]).message,
      '0 of 1 endpoint ready',
    );
    assert.equal(endpointsCondition(payments, [endpoints()]).met, false);
  });

  it('not when there are none or none is ready', () => {
    assert.equal(endpointsCondition(payments, []).message, 'Service shop/payments has no endpoints');
    assert.equal(endpointsCondition(payments, [slice()]).message, 'Service shop/payments has no endpoints');
    assert.equal(endpointsCondition(payments, [slice(false, false)]).message, '0 of 2 endpoints ready');
  });
});

describe('containers keep running', () => {
  const before = restartCounts([pod('a', { restarts: 3 }), pod('b')]);

  it('unless one restarts, in an old pod or a new one', () => {
    assert.equal(restartedSince(before, [pod('a', { restarts: 3 }), pod('b'), pod('c')]), undefined);
    assert.equal(restartedSince(before, [pod('a', { restarts: 4 })]), 'checkout-abc-a');
    assert.equal(restartedSince(before, [pod('c', { restarts: 1 })]), 'checkout-abc-c');
  });

  it('whatever a pod does that is on its way out', () => {
    const ending = pod('a', { restarts: 9, meta: { deletionTimestamp: '2026-11-22T12:00:00Z' } });
    assert.equal(restartedSince(before, [ending]), undefined);
  });
});

describe('an object is restored', () => {
  const hash = specHash(service({ app: 'old' }));

  it('when it asks for what it asked for before', () => {
    assert.equal(restoredCondition(payments, hash, service({ app: 'old' })).met, true);
    assert.equal(restoredCondition(payments, hash, service({ app: 'new' })).met, false);
    assert.equal(restoredCondition(payments, hash, undefined).met, false);
  });
});

describe('a label selector as text', () => {
  it('says what the object selects', () => {
    assert.equal(
      labelSelectorText({
        matchLabels: { app: 'web', tier: 'front' },
        matchExpressions: [
          { key: 'zone', operator: 'In', values: ['a', 'b'] },
          { key: 'track', operator: 'NotIn', values: ['canary'] },
          { key: 'owner', operator: 'Exists' },
          { key: 'debug', operator: 'DoesNotExist' },
        ],
      }),
      'app=web,tier=front,zone in (a,b),track notin (canary),owner,!debug',
    );
    assert.equal(labelSelectorText({ app: 'web' }), 'app=web');
    assert.equal(labelSelectorText({}), undefined);
    assert.equal(labelSelectorText(undefined), undefined);
  });
});
