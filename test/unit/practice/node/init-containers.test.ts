import assert from 'node:assert/strict';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { conditionOf } from '../../../../src/practice/conditions.ts';
import { events, namespaces, pods } from '../../../../src/practice/objects.ts';
import type { Container, ContainerStatus, Pod, PodSpec } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';
import { readLog } from './reading-logs.ts';

const image = 'docker.io/library/shop-cart:1.9.0';
const app: Container = { name: 'app', image };

describe('a simulated node, with a pod that has init containers', () => {
  let cluster: TestCluster;
  let simulator: NodeSimulator;

  before(async () => {
    cluster = await startTestCluster();
    simulator = await startNodeSimulator({ client: cluster.client, nodes: [{ name: 'n1' }], speed: 100 });
    await cluster.client.create(namespaces, { metadata: { name: 'shop' } });
  });
  after(async () => {
    await simulator.close();
    await cluster.close();
  });

  const create = (name: string, initContainers: Container[], spec: Partial<PodSpec> = {}) =>
    cluster.client.create(pods, {
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: 'n1', initContainers, containers: [app], ...spec },
    });

  async function until(name: string, condition: (init: ContainerStatus, pod: Pod) => boolean): Promise<Pod> {
    const selection = { namespace: 'shop', fieldSelector: `metadata.name=${name}` };
    const [pod] = await eventually(cluster.client, pods, selection, ([found]) => {
      const init = found?.status?.initContainerStatuses?.at(-1);
      return found !== undefined && init !== undefined && condition(init, found);
    });
    assert.ok(pod);
    return pod;
  }

  const log = (pod: string, name: string, query = '') =>
    readLog(cluster.client, { node: 'n1', pod, name }, query);

  it('keeps the application waiting until they are done, one after another', async () => {
    const migrate = (name: string): Container => ({ name, image, args: ['migrate'] });
    await create('begins', [migrate('first'), migrate('second')]);
    const before = await until('begins', (_, pod) => pod.status?.initContainerStatuses?.[0]?.ready === true);
    assert.equal(before.status?.phase, 'Pending');
    assert.equal(before.status?.containerStatuses?.[0]?.state.waiting?.reason, 'PodInitializing');
    const { status, reason, message } = conditionOf(before.status?.conditions, 'Initialized') ?? {};
    assert.deepEqual(
      [status, reason, message],
      ['False', 'ContainersNotInitialized', 'containers with incomplete status: [second]'],
    );
    const after = await until('begins', (_, pod) => pod.status?.phase === 'Running');
    assert.equal(conditionOf(after.status?.conditions, 'Initialized')?.status, 'True');
    const ends = after.status?.initContainerStatuses?.map(({ state }) => state.terminated?.reason);
    assert.deepEqual(ends, ['Completed', 'Completed']);
  });

  it('backs off from one whose program is misspelt, and says so as the container runtime does', async () => {
    await create('misspelt', [{ name: 'migrate', image, command: ['chekout-migrate'] }]);
    const failed = await until('misspelt', ({ state }) => state.waiting?.reason === 'RunContainerError');
    assert.match(
      failed.status?.initContainerStatuses?.[0]?.state.waiting?.message ?? '',
      /exec: "chekout-migrate": executable file not found in \$PATH: unknown$/,
    );
    const pod = await until('misspelt', ({ state }) => state.waiting?.reason === 'CrashLoopBackOff');
    assert.equal(pod.status?.phase, 'Pending');
    const { terminated } = pod.status?.initContainerStatuses?.[0]?.lastState ?? {};
    assert.deepEqual(
      [terminated?.exitCode, terminated?.reason, terminated?.startedAt],
      [128, 'StartError', '1970-01-01T00:00:00Z'],
    );
    const seen = await eventually(cluster.client, events, { namespace: 'shop' }, (all) =>
      all.some(({ reason, involvedObject }) => reason === 'BackOff' && involvedObject.name === 'misspelt'),
    );
    const about = seen.filter(({ involvedObject }) => involvedObject.name === 'misspelt');
    assert.ok(
      about.every(({ involvedObject }) => involvedObject.fieldPath === 'spec.initContainers{migrate}'),
    );
    assert.ok(about.some(({ message }) => message.startsWith('Error: failed to create containerd task: ')));
    assert.ok(about.every(({ reason }) => reason !== 'Started'));
  });

  it('shows the log of a failing one, now and before, and none of the application that waits for it', async () => {
    await create('failing', [{ name: 'migrate', image, args: ['migrat'] }]);
    const pod = await until('failing', ({ state, restartCount }) => {
      return state.waiting?.reason === 'CrashLoopBackOff' && restartCount > 0;
    });
    assert.equal(pod.status?.initContainerStatuses?.[0]?.lastState.terminated?.exitCode, 2);
    for (const query of ['', '?previous=true']) {
      const { text } = await log('failing', 'migrate', query);
      assert.match(text, /FATAL unknown task "migrat": the tasks are migrate and export/);
    }
    assert.deepEqual(await log('failing', 'app'), {
      status: 400,
      text: 'container "app" in pod "failing" is waiting to start: PodInitializing',
    });
  });

  it('gives a pod up that is not to be restarted', async () => {
    await create('once', [{ name: 'migrate', image, args: ['migrat'] }], { restartPolicy: 'Never' });
    const pod = await until('once', (_, { status }) => status?.phase === 'Failed');
    assert.equal(pod.status?.containerStatuses?.[0]?.state.waiting?.reason, 'PodInitializing');
    assert.equal(pod.status?.initContainerStatuses?.[0]?.restartCount, 0);
  });
});
