import assert from 'node:assert/strict';
import { wallClock } from '../../../../src/practice/clock.ts';
import { startControllers } from '../../../../src/practice/controllers/controllers.ts';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import {
  deployments,
  endpoints,
  events,
  namespaces,
  pods,
  replicaSets,
} from '../../../../src/practice/objects.ts';
import type { Deployment } from '../../../../src/practice/objects.ts';
import { scenario as nothingWrong } from '../../../../src/practice/scenarios/nothing-wrong/scenario.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const shop = { namespace: 'shop' };

describe('the controllers of the practice cluster', () => {
  let cluster: TestCluster;
  let simulator: NodeSimulator;
  const abort = new AbortController();
  const failures: string[] = [];

  const rolledOut = (replicas: number) =>
    eventually(cluster.client, deployments, shop, ([deployment]) => {
      const { status, metadata } = deployment ?? { metadata: {} };
      return (
        status?.observedGeneration === metadata.generation &&
        status?.updatedReplicas === replicas &&
        status.replicas === replicas &&
        status.availableReplicas === replicas
      );
    });
  const change = (patch: object): Promise<Deployment> =>
    cluster.client.patch(deployments, 'shop', 'search', patch, { type: 'strategic' });
  const revisions = async () =>
    (await cluster.client.list(replicaSets, shop)).map(
      ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'],
    );

  before(async () => {
    cluster = await startTestCluster();
    const { client } = cluster;
    const clock = wallClock(50);
    const report = (error: unknown, key: string): void => {
      if (!abort.signal.aborted) failures.push(`${key}: ${String(error)}`);
    };
    startControllers({ client, clock, signal: abort.signal, report });
    simulator = await startNodeSimulator({ client, clock, nodes: [{ name: 'n1' }], report });
    await client.create(namespaces, { metadata: { name: 'shop' } });
    for (const { resource, object } of nothingWrong.healthy('shop')) {
      await client.create(resource as typeof deployments, object as Deployment);
    }
    await rolledOut(2);
  });
  after(async () => {
    abort.abort();
    await simulator.close();
    await cluster.close();
    assert.deepEqual(failures, []);
  });

  it('put the ready pods behind their Service', async () => {
    const [found] = await eventually(
      cluster.client,
      endpoints,
      shop,
      ([first]) => first?.subsets?.[0]?.addresses?.length === 2,
    );
    assert.equal(found?.subsets?.[0]?.ports?.[0]?.port, 8080);
  });

  it('replace a pod that somebody deletes', async () => {
    const [first] = await cluster.client.list(pods, shop);
    const uid = first?.metadata.uid;
    await cluster.client.delete(pods, 'shop', first?.metadata.name ?? '');
    await eventually(
      cluster.client,
      pods,
      shop,
      (all) => all.length === 2 && all.every(({ metadata }) => metadata.uid !== uid),
    );
    await rolledOut(2);
  });

  it('scale up and down', async () => {
    await change({ spec: { replicas: 4 } });
    await rolledOut(4);
    await change({ spec: { replicas: 2 } });
    await rolledOut(2);
  });

  it('roll a changed template out as a new revision, and back to the old ReplicaSet as a third', async () => {
    const container = (env: object[]) => ({
      spec: { template: { spec: { containers: [{ name: 'app', env }] } } },
    });
    await change(container([{ name: 'COLOUR', value: 'blue' }]));
    await rolledOut(2);
    assert.deepEqual((await revisions()).sort(), ['1', '2']);
    await change(container([{ name: 'COLOUR', $patch: 'delete' }]));
    await rolledOut(2);
    assert.deepEqual((await revisions()).sort(), ['2', '3']);
    const [deployment] = await cluster.client.list(deployments, shop);
    assert.equal(deployment?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
  });

  it('leave a paused Deployment as it is until it is resumed', async () => {
    await change({ spec: { paused: true, template: { metadata: { annotations: { note: 'later' } } } } });
    await eventually(cluster.client, deployments, shop, ([deployment]) =>
      (deployment?.status?.conditions ?? []).some(({ reason }) => reason === 'DeploymentPaused'),
    );
    assert.equal((await revisions()).length, 2);
    await change({ spec: { paused: false } });
    await rolledOut(2);
    assert.equal((await revisions()).length, 3);
  });

  it('write the events that people know', async () => {
    const seen = new Set((await cluster.client.list(events, shop)).map(({ reason }) => reason));
    for (const reason of [
      'ScalingReplicaSet',
      'SuccessfulCreate',
      'SuccessfulDelete',
      'Scheduled',
      'Started',
    ]) {
      assert.ok(seen.has(reason), reason);
    }
  });
});
