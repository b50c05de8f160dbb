import assert from 'node:assert/strict';
import { warningsOf } from '../../../../src/diagnosis/sources/warnings.ts';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, event, pod, running } from '../../cluster/shop.ts';

const read = (
  cluster: FakeCluster,
  pods: readonly KubeObject[],
  workload = deployment(),
): Promise<KubeObject[]> =>
  warningsOf(
    { cluster, namespace: 'shop', reader: (_what, _otherwise, work) => work(AbortSignal.timeout(50_000)) },
    workload,
    pods,
  );

describe('the warnings that findings rest on', () => {
  it('are asked for of pods in trouble and of nothing else', async () => {
    const cluster = fakeCluster();
    await read(cluster, [
      pod('well', 1, running, { ready: true }),
      pod('ill', 1, running),
      pod('back', 1, { ...running, restartCount: 2 }, { ready: true }),
    ]);
    assert.deepEqual(cluster.asked, [
      'list Event involvedObject.kind=Pod,involvedObject.name=ill',
      'list Event involvedObject.kind=Pod,involvedObject.name=back',
    ]);
  });

  it('are not what goes well', async () => {
    const started = event('Pod', 'ill', 'Started', 'Started container app', 'Normal');
    assert.deepEqual(await read(fakeCluster(started), [pod('ill', 1, running)]), []);
  });

  it('are not those of an earlier pod of the same name', async () => {
    const about = (uid: string): KubeObject => {
      const one = event('Pod', 'db-0', 'Unhealthy', 'Readiness probe failed: refused');
      return { ...one, involvedObject: { ...one['involvedObject'], uid } };
    };
    const cluster = fakeCluster(about('p-db-0'), about('p-db-0-before'));
    assert.equal((await read(cluster, [pod('db-0', 1, running)])).length, 1);
  });

  it('are asked for of a few pods, however many are in trouble', async () => {
    const cluster = fakeCluster();
    await read(
      cluster,
      Array.from({ length: 50 }, (_, index) => pod(`ill-${index}`, 1, running)),
    );
    assert.equal(cluster.asked.length, 3);
  });
});
