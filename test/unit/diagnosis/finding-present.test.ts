import assert from 'node:assert/strict';
import { findingPresent } from '../../../src/diagnosis/finding-present.ts';
import type { FindingName } from '../../../src/domain/diagnosis.ts';
import { fakeCluster, type FakeCluster } from '../cluster/fake-cluster.ts';
import { node, pending } from '../cluster/machines.ts';
import { ago, crashing, deployment, endpoints, pod, revision, running, service } from '../cluster/shop.ts';

const present = (cluster: FakeCluster, name: FindingName, kind = 'Deployment'): Promise<boolean> =>
  findingPresent(
    cluster,
    { name, target: { kind, namespace: 'shop', name: 'checkout' } },
    AbortSignal.timeout(50_000),
  );

describe('whether a finding is gone', () => {
  it('is not said while pods of the bad revision are still wanted', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(2, { replicas: 1 }),
      revision(3, { replicas: 1 }),
      pod('checkout-hash2-a', 2, crashing()),
      pod('checkout-hash3-b', 3, running, { ready: true }),
    );
    assert.equal(await present(cluster, 'CrashLoopBackOff'), true);
  });

  it('is said when the bad revision is scaled down, although its pods linger', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(2, { replicas: 0 }),
      revision(3, { replicas: 1 }),
      pod('checkout-hash2-a', 2, crashing()),
      pod('checkout-hash3-b', 3, running, { ready: true }),
    );
    assert.equal(await present(cluster, 'CrashLoopBackOff'), false);
  });

  it('does not hold an old pod’s kill against the new pod', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(2, { replicas: 1 }),
      pod('checkout-hash2-old', 2, crashing(137, 'OOMKilled'), { deleted: true }),
      pod('checkout-hash2-new', 2, running, { ready: true }),
    );
    assert.equal(await present(cluster, 'OOMKilled'), false);
  });

  it('is not said when the new pod is killed again, even while it runs', async () => {
    const again = {
      restartCount: 1,
      state: { running: { startedAt: ago(1) } },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(2) } },
    };
    const cluster = fakeCluster(
      deployment(),
      revision(2, { replicas: 1 }),
      pod('checkout-hash2-new', 2, again, { ready: true }),
    );
    assert.equal(await present(cluster, 'OOMKilled'), true);
  });

  it('counts containers that are killed for memory as crashing, too', async () => {
    const cluster = fakeCluster(
      deployment(),
      revision(2, { replicas: 1 }),
      pod('checkout-hash2-a', 2, crashing(137, 'OOMKilled')),
    );
    assert.equal(await present(cluster, 'CrashLoopBackOff'), true);
  });

  it('follows the endpoints of a Service', async () => {
    const cluster = fakeCluster(service({ app: 'checkout' }), endpoints(0), deployment());
    assert.equal(await present(cluster, 'NoEndpoints', 'Service'), true);
    cluster.objects = [service({ app: 'checkout' }), endpoints(1), deployment()];
    assert.equal(await present(cluster, 'NoEndpoints', 'Service'), false);
  });

  it('is judged by what it rests on alone: what else may not be read keeps nothing from being gone', async () => {
    const cluster = fakeCluster(
      deployment({ replicas: 2 }),
      revision(1, { replicas: 2 }),
      pod('checkout-hash1-a', 1, running),
    );
    for (const kind of ['Node', 'Event', 'Role', 'RoleBinding']) cluster.denied.add(kind);
    assert.equal(await present(cluster, 'CrashLoopBackOff'), false);
    assert.equal(await present(cluster, 'FailedScheduling'), false);
    await assert.rejects(present(cluster, 'NodeNotReady'), /may not get Node/);
    await assert.rejects(present(cluster, 'Unhealthy'), /may not list Event/);
  });

  it('is not said of anything around the workload that may not be read', async () => {
    for (const [name, kind] of [
      ['IngressClassNotFound', 'Ingress'],
      ['IngressBackendNotFound', 'Ingress'],
      ['IngressSecretNotFound', 'Ingress'],
      ['ClaimUnbound', 'PersistentVolumeClaim'],
      ['TooManyReplicas', 'HorizontalPodAutoscaler'],
    ] as const) {
      const claimed = deployment({ replicas: 1 });
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
      const spec = { ...claimed['spec'], template: { spec: { volumes } } };
      const cluster = fakeCluster(
        { ...claimed, spec },
        revision(1, { replicas: 1 }),
        service({ app: 'checkout' }),
      );
      assert.equal(await present(cluster, name), false, `${name}, where all can be read`);
      cluster.denied.add(kind);
      await assert.rejects(present(cluster, name), new RegExp(`may not (get|list) ${kind}`), name);
    }
  });

  it('is not said of pods that still find no node, nor of a machine that is still silent', async () => {
    const silent = fakeCluster(
      deployment({ replicas: 1 }),
      revision(1, { replicas: 1 }),
      pod('checkout-hash1-a', 1, running),
      node('node-1', { ready: 'Unknown' }),
    );
    assert.equal(await present(silent, 'NodeNotReady'), true);
    silent.objects.push(node('node-2'));
    silent.objects = silent.objects.filter(({ metadata }) => metadata.name !== 'node-1');
    assert.equal(await present(silent, 'NodeNotReady'), false);
    const unplaced = fakeCluster(
      deployment({ replicas: 1 }),
      revision(1, { replicas: 1 }),
      pending('checkout-hash1-a', 1, '0/1 nodes are available: 1 Insufficient cpu.'),
    );
    assert.equal(await present(unplaced, 'FailedScheduling'), true);
  });

  it('is not said when the workload itself is gone', async () => {
    assert.equal(await present(fakeCluster(), 'CrashLoopBackOff'), true);
  });

  it('is not said when it cannot be seen', async () => {
    const cluster = fakeCluster(deployment(), revision(1, { replicas: 1 }));
    cluster.denied.add('Pod');
    await assert.rejects(present(cluster, 'CrashLoopBackOff'), /may not list Pod/);
  });
});
