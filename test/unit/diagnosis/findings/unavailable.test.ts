import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster } from '../../cluster/fake-cluster.ts';
import { ago, crashing, deployment, pod, revision } from '../../cluster/shop.ts';
import { investigate, names, target } from '../investigate.ts';

const creating = { state: { waiting: { reason: 'ContainerCreating' } } };
const away = (seconds: number): object => ({
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  lastTransitionTime: ago(seconds),
});

describe('a workload whose pods are missing for no reason that is known', () => {
  it('is told of, with no cause and no remedy', async () => {
    const result = await investigate(
      fakeCluster(
        deployment({ readyReplicas: 0, conditions: [away(900)] }),
        revision(1, { replicas: 2 }),
        pod('checkout-hash1-a', 1, creating, { createdAgo: 900 }),
      ),
    );
    assert.deepEqual(names(result), ['ReplicasUnavailable']);
    assert.equal(result.rootCause, '');
    assert.deepEqual(result.proposals, []);
    assert.match(result.summary, /0 of 2 pods of checkout serve/);
  });

  it('is given time to start', async () => {
    const young = fakeCluster(
      deployment({ readyReplicas: 0, conditions: [away(60)] }),
      revision(1, { replicas: 2 }),
      pod('checkout-hash1-a', 1, creating, { createdAgo: 60 }),
    );
    assert.deepEqual(names(await investigate(young)), []);
  });

  it('is not told of where all pods are there, whatever else an old condition says', async () => {
    const well = fakeCluster(deployment({ conditions: [away(900)] }), revision(1, { replicas: 2 }));
    assert.deepEqual(names(await investigate(well)), []);
  });

  it('is not told of where there is a reason', async () => {
    const result = await investigate(
      fakeCluster(
        deployment({ readyReplicas: 0, conditions: [away(900)] }),
        revision(1, { replicas: 2 }),
        pod('checkout-hash1-a', 1, crashing(), { createdAgo: 900 }),
      ),
    );
    assert.deepEqual(names(result), ['CrashLoopBackOff']);
    assert.match(result.rootCause, /exits with code 1/);
  });

  it('is seen of StatefulSets and DaemonSets too', async () => {
    const counts: Readonly<Record<string, object>> = {
      StatefulSet: { replicas: 2, readyReplicas: 1 },
      DaemonSet: { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberAvailable: 1 },
    };
    for (const [kind, status] of Object.entries(counts)) {
      const owner: KubeObject = {
        kind,
        metadata: { namespace: 'shop', name: 'db', uid: 'u-db' },
        spec: { replicas: 2, selector: { matchLabels: { app: 'db' } } },
        status,
      };
      const one = pod('db-0', 1, creating, { app: 'db', createdAgo: 900 });
      const ref = { apiVersion: 'apps/v1', kind, name: 'db', uid: 'u-db', controller: true };
      const owned = { ...one, metadata: { ...one.metadata, ownerReferences: [ref] } };
      const result = await investigate(fakeCluster(owner, owned), target(kind, 'db'));
      assert.deepEqual(names(result), ['ReplicasUnavailable'], kind);
    }
  });
});
