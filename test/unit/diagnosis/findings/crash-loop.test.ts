import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { fakeCluster } from '../../cluster/fake-cluster.ts';
import { ago, deployment, pod, revision } from '../../cluster/shop.ts';
import { investigate, names, only } from '../investigate.ts';

const init = { initContainers: [{ name: 'migrate', image: 'shop/checkout:1', command: ['/misspelt'] }] };
const end = { exitCode: 128, reason: 'StartError', message: 'no such file', finishedAt: ago(5) };

/** A pod whose init container cannot be started, in the moment `state`. */
const notStarted = (state: object, lastState = {}, restartCount = 0): KubeObject => {
  const one = pod('checkout-hash2-a', 2, { state: { waiting: { reason: 'PodInitializing' } } });
  const status = { name: 'migrate', ready: false, restartCount, state, lastState };
  return {
    ...one,
    spec: { ...one['spec'], ...init },
    status: { ...one['status'], phase: 'Pending', initContainerStatuses: [status] },
  };
};

describe('a container whose program is not there', () => {
  const moments: [string, KubeObject][] = [
    [
      'the kubelet cannot run it',
      notStarted({ waiting: { reason: 'RunContainerError' } }, { terminated: end }),
    ],
    ['it has ended for the first time', notStarted({ terminated: end })],
    [
      'the kubelet waits before it tries again',
      notStarted({ waiting: { reason: 'CrashLoopBackOff' } }, { terminated: end }, 3),
    ],
  ];
  for (const [moment, stuck] of moments) {
    it(`is found in an init container, in the moment in which ${moment}`, async () => {
      const result = await investigate(
        fakeCluster(
          deployment({ readyReplicas: 1 }),
          revision(1, { replicas: 1, available: 1 }),
          revision(2, { replicas: 1, createdAgo: 600, template: init }),
          stuck,
        ),
      );
      assert.deepEqual(names(result), ['CrashLoopBackOff']);
      assert.match(result.findings[0]?.summary ?? '', /program of container migrate cannot be started/);
      assert.equal(only(result).action, 'rollback_deployment');
    });
  }

  it('is not one that is merely waited for', async () => {
    const fresh = notStarted({ waiting: { reason: 'PodInitializing' } });
    const cluster = fakeCluster(deployment(), revision(2, { replicas: 1, template: init }), fresh);
    assert.deepEqual(names(await investigate(cluster)), []);
  });
});
