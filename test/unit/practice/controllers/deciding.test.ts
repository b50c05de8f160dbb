import assert from 'node:assert/strict';
import { deploymentStatus } from '../../../../src/practice/controllers/deployment-status.ts';
import { subsetsOf } from '../../../../src/practice/controllers/endpoints.ts';
import { deletionOrder } from '../../../../src/practice/controllers/replicaset.ts';
import type { Deployment, Pod, ReplicaSet, Service } from '../../../../src/practice/objects.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

function pod(name: string, ready: boolean, change: Partial<Pod> = {}): Pod {
  return {
    metadata: { name, namespace: 'shop', labels: { app: 'cart' }, uid: name },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'app', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
    status: {
      phase: 'Running',
      podIP: `10.0.0.${String(name.length)}`,
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
    },
    ...change,
  };
}

describe('a ReplicaSet with too many pods', () => {
  it('parts first with the one that was not scheduled, then with the one that is not ready', () => {
    const pending = pod('pending', false, { spec: { containers: [] }, status: { phase: 'Pending' } });
    const ordered = deletionOrder([pod('ready', true), pod('unready', false), pending]);
    assert.deepEqual(
      ordered.map(({ metadata }) => metadata.name),
      ['pending', 'unready', 'ready'],
    );
  });
});

describe('the endpoints of a Service', () => {
  const service = (selector: Record<string, string>): Service => ({
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector, ports: [{ port: 80, targetPort: 'http' }] },
  });

  it('hold ready pods and, apart from them, those that are not ready', () => {
    const [subset] = subsetsOf(service({ app: 'cart' }), [pod('a', true), pod('bb', false)]);
    assert.deepEqual(
      subset?.addresses?.map(({ ip }) => ip),
      ['10.0.0.1'],
    );
    assert.deepEqual(
      subset?.notReadyAddresses?.map(({ ip }) => ip),
      ['10.0.0.2'],
    );
    assert.deepEqual(subset?.ports, [{ name: undefined, port: 8080, protocol: 'TCP' }]);
  });

  it('are empty when the selector matches no pod, or only pods on their way out', () => {
    assert.deepEqual(subsetsOf(service({ app: 'basket' }), [pod('a', true)]), []);
    const leaving = pod('a', true);
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    assert.deepEqual(subsetsOf(service({ app: 'cart' }), [leaving]), []);
  });
});

describe('the status of a Deployment', () => {
  const set = (replicas: number, available: number): ReplicaSet => ({
    metadata: { name: 'cart-1' },
    spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas, readyReplicas: available, availableReplicas: available },
  });
  const deployment: Deployment = {
    metadata: { name: 'cart', generation: 3 },
    spec: { replicas: 2, selector: {}, template: { spec: { containers: [] } }, progressDeadlineSeconds: 10 },
    status: {
      replicas: 2,
      updatedReplicas: 2,
      conditions: [
        {
          type: 'Progressing',
          status: 'True',
          reason: 'ReplicaSetUpdated',
          lastUpdateTime: new Date(start).toISOString(),
        },
      ],
    },
  };
  const progressing = (status: Deployment['status']) =>
    status?.conditions?.find(({ type }) => type === 'Progressing');

  it('says that the rollout is stuck once its deadline has passed without progress', () => {
    const before = deploymentStatus(deployment, set(2, 0), [], start + 9_000, 1);
    assert.equal(progressing(before)?.reason, 'ReplicaSetUpdated');
    const after = deploymentStatus(deployment, set(2, 0), [], start + 10_000, 1);
    assert.equal(progressing(after)?.reason, 'ProgressDeadlineExceeded');
    assert.equal(progressing(after)?.status, 'False');
    const hastened = deploymentStatus(deployment, set(2, 0), [], start + 1_000, 10);
    assert.equal(progressing(hastened)?.reason, 'ProgressDeadlineExceeded');
  });

  it('says that the rollout is complete, and of which generation it speaks', () => {
    const status = deploymentStatus(deployment, set(2, 2), [], start + 60_000, 1);
    assert.equal(progressing(status)?.reason, 'NewReplicaSetAvailable');
    assert.equal(status.observedGeneration, 3);
    assert.equal(status.unavailableReplicas, 0);
    assert.equal(status.conditions?.find(({ type }) => type === 'Available')?.status, 'True');
  });
});
