import assert from 'node:assert/strict';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { configMaps, events, leases, namespaces, nodes, pods } from '../../../../src/practice/objects.ts';
import type { Container, ContainerState, KubeEvent, Pod, PodSpec } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';
import { readLog } from './reading-logs.ts';

const image = 'docker.io/library/shop-cart:1.9.0';

describe('a simulated node', () => {
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

  /** Creates a pod on the node and waits for a state of its container. */
  async function run(
    name: string,
    container: Partial<Container>,
    condition: (state: ContainerState, pod: Pod) => boolean,
    spec: Partial<PodSpec> = {},
  ): Promise<Pod> {
    await cluster.client.create(pods, {
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: 'n1', containers: [{ name: 'app', image, ...container }], ...spec },
    });
    return until(name, condition);
  }

  async function until(name: string, condition: (state: ContainerState, pod: Pod) => boolean): Promise<Pod> {
    const selection = { namespace: 'shop', fieldSelector: `metadata.name=${name}` };
    const [pod] = await eventually(cluster.client, pods, selection, ([found]) => {
      const state = found?.status?.containerStatuses?.[0]?.state;
      return found !== undefined && state !== undefined && condition(state, found);
    });
    assert.ok(pod);
    return pod;
  }

  const environment = (values: Record<string, string>) => ({
    env: Object.entries(values).map(([name, value]) => ({ name, value })),
  });
  const status = (pod: Pod) => pod.status?.containerStatuses?.[0];
  const ready = (pod: Pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  /** What the node's events say about a pod, once all of these were said. */
  const told = async (name: string, ...wanted: RegExp[]): Promise<string[]> => {
    const about = (all: readonly KubeEvent[]): string[] =>
      all
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ reason, message }) => `${reason}: ${message}`);
    const seen = await eventually(cluster.client, events, { namespace: 'shop' }, (all) =>
      wanted.every((pattern) => about(all).some((text) => pattern.test(text))),
    );
    return about(seen);
  };

  const logs = (pod: string, query = '') => readLog(cluster.client, { node: 'n1', pod, name: 'app' }, query);

  it('is Ready, and holds its lease', async () => {
    const node = await cluster.client.get(nodes, undefined, 'n1');
    assert.equal(node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
    const lease = await cluster.client.get(leases, 'kube-node-lease', 'n1');
    assert.equal(lease?.spec.holderIdentity, 'n1');
  });

  it('runs a pod whose application is fine, and makes it Ready', async () => {
    const pod = await run('fine', {}, (_, { status: now }) => now?.containerStatuses?.[0]?.ready === true);
    assert.equal(pod.status?.phase, 'Running');
    assert.equal(ready(pod), 'True');
    assert.match(pod.status?.podIP ?? '', /^10\.88\./);
    assert.match((await logs('fine')).text, /INFO ready, answering/);
    assert.match((await logs('fine', '?tailLines=1')).text, /^INFO ready, [^\n]*\n$/);
    await told(
      'fine',
      /^Pulling: Pulling image \"docker.io.library.shop-cart:1.9.0\"$/,
      /^Pulled: /,
      /^Created: /,
      /^Started: Started container app$/,
    );
  });

  it('says again that a pod is Ready where somebody else has written that it is not', async () => {
    const isReady = (pod: Pod | undefined) => pod !== undefined && ready(pod) === 'True';
    const pod = await run('doubted', {}, (_, found) => isReady(found));
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False' } : condition,
    );
    const patch = { status: { conditions } };
    const doubted = await cluster.client.patch(pods, 'shop', 'doubted', patch, { subresource: 'status' });
    assert.equal(ready(doubted), 'False');
    await until('doubted', (_, found) => isReady(found));
  });

  it('restarts a failing container with a growing back-off, and keeps the log of the run before', async () => {
    const failing = environment({ DATABASE_URL: 'mysql://db/shop' });
    const first = await run('crashing', failing, ({ waiting }) => waiting?.reason === 'CrashLoopBackOff');
    assert.match(
      status(first)?.state.waiting?.message ?? '',
      /^back-off 10s restarting failed container=app pod=crashing_shop\(/,
    );
    assert.equal(status(first)?.restartCount, 1);
    const { terminated } = status(first)?.lastState ?? {};
    assert.deepEqual([terminated?.exitCode, terminated?.reason], [1, 'Error']);
    const later = await until('crashing', ({ waiting }) => /^back-off 20s/.test(waiting?.message ?? ''));
    assert.equal(status(later)?.restartCount, 2);
    assert.match((await logs('crashing')).text, /FATAL/);
    assert.match((await logs('crashing', '?previous=true')).text, /FATAL/);
    await told('crashing', /^BackOff: Back-off restarting failed container app in pod crashing_shop\(/);
  });

  it('kills a container that needs more memory than its limit', async () => {
    const large = { ...environment({ CACHE_MB: '180' }), resources: { limits: { memory: '128Mi' } } };
    const pod = await run('large', large, ({ waiting }) => waiting?.reason === 'CrashLoopBackOff');
    const { terminated } = status(pod)?.lastState ?? {};
    assert.deepEqual([terminated?.exitCode, terminated?.reason], [137, 'OOMKilled']);
  });

  it('backs off from an image that does not exist', async () => {
    const wrong = { image: `${image}-typo` };
    const failed = await run('typo', wrong, ({ waiting }) => waiting?.reason === 'ErrImagePull');
    assert.match(status(failed)?.state.waiting?.message ?? '', /shop-cart:1\.9\.0-typo: not found$/);
    const pod = await until('typo', ({ waiting }) => waiting?.reason === 'ImagePullBackOff');
    assert.equal(pod.status?.phase, 'Pending');
    await told(
      'typo',
      /^Failed: Failed to pull image/,
      /^Failed: Error: ErrImagePull$/,
      /^BackOff: Back-off pulling/,
    );
    const refused = await logs('typo');
    assert.equal(refused.status, 400);
    // It says one or the other, as it is pulling again or waiting to.
    const reason = "(trying and failing to pull image|image can't be pulled)";
    assert.match(refused.text, new RegExp(`^container "app" in pod "typo" is waiting to start: ${reason}$`));
  });

  it('leaves a pod running but not Ready when its probe asks another port than the application listens on', async () => {
    const probed = {
      ...environment({ PORT: '9090' }),
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
    };
    await run('elsewhere', probed, ({ running }) => running !== undefined);
    await told('elsewhere', /^Unhealthy: Readiness probe failed: .*:8080: connect: connection refused$/);
    const pod = await until('elsewhere', () => true);
    assert.equal(pod.status?.phase, 'Running');
    assert.equal(ready(pod), 'False');
  });

  it('restarts a container whose liveness probe asks another port, with a growing back-off', async () => {
    const probed = { livenessProbe: { httpGet: { path: '/healthz', port: 8081 } } };
    const spec = { terminationGracePeriodSeconds: 1 };
    const killed = await run('killed', probed, (_, pod) => status(pod)?.restartCount === 1, spec);
    const { terminated } = status(killed)?.lastState ?? {};
    assert.deepEqual([terminated?.exitCode, terminated?.reason], [137, 'Error']);
    const pod = await until('killed', ({ waiting }) => waiting?.reason === 'CrashLoopBackOff');
    assert.match(status(pod)?.state.waiting?.message ?? '', /^back-off 10s restarting failed container=app/);
    const said = await told('killed', /^BackOff: /);
    assert.ok(said.includes('Killing: Container app failed liveness probe, will be restarted'));
    const { podIP = '' } = pod.status ?? {};
    const refused = `Get "http://${podIP}:8081/healthz": dial tcp ${podIP}:8081: connect: connection refused`;
    assert.ok(said.includes(`Unhealthy: Liveness probe failed: ${refused}`));
    assert.match((await logs('killed', '?previous=true')).text, /INFO ready/);
  });

  it('leaves a container alone whose probes ask where it listens, by number or by name', async () => {
    const probed = {
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
    };
    const pod = await run('left', probed, (_, found) => ready(found) === 'True');
    assert.equal(status(pod)?.restartCount, 0);
  });

  it('does not make a container Ready whose probe asks for a page that is not there', async () => {
    await run('lost', { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } }, ({ running }) => {
      return running !== undefined;
    });
    await told('lost', /^Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404$/);
  });

  it('ends a pod whose application has done its task, or has failed at it, and is not to be restarted', async () => {
    const done = await run(
      'done',
      { args: ['migrate'] },
      (_, { status: now }) => now?.phase === 'Succeeded',
      {
        restartPolicy: 'Never',
      },
    );
    assert.deepEqual(
      [status(done)?.state.terminated?.exitCode, status(done)?.state.terminated?.reason],
      [0, 'Completed'],
    );
    assert.equal(done.status?.conditions?.find(({ type }) => type === 'Ready')?.reason, 'PodCompleted');
    const failed = await run(
      'failed',
      { args: ['export', '--format=cvs'] },
      (_, { status: now }) => now?.phase === 'Failed',
      { restartPolicy: 'Never' },
    );
    assert.equal(status(failed)?.state.terminated?.exitCode, 2);
    assert.match((await logs('failed')).text, /unknown format "cvs": the formats are csv and json/);
  });

  it('waits for a missing ConfigMap, and starts the container once it is there', async () => {
    const configured = { envFrom: [{ configMapRef: { name: 'settings' } }] };
    const pod = await run(
      'unconfigured',
      configured,
      ({ waiting }) => waiting?.reason === 'CreateContainerConfigError',
    );
    assert.equal(status(pod)?.state.waiting?.message, 'configmap "settings" not found');
    await cluster.client.create(configMaps, {
      metadata: { name: 'settings', namespace: 'shop' },
      data: { PORT: '8081' },
    });
    await until('unconfigured', ({ running }) => running !== undefined);
    assert.match((await logs('unconfigured')).text, /port 8081/);
  });

  it('keeps a pod from starting while a Secret that it mounts is missing', async () => {
    const volumes = [{ name: 'keys', secret: { secretName: 'keys' } }];
    await run('unmounted', {}, ({ waiting }) => waiting?.reason === 'ContainerCreating', { volumes });
    await told(
      'unmounted',
      /^FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found$/,
    );
  });

  it('removes a pod that is deleted, after stopping its container', async () => {
    await run('leaving', {}, ({ running }) => running !== undefined);
    await cluster.client.delete(pods, 'shop', 'leaving');
    const selection = { namespace: 'shop', fieldSelector: 'metadata.name=leaving' };
    // A watch reports no empty list: the other pods are watched along.
    await eventually(cluster.client, pods, { namespace: 'shop' }, (all) =>
      all.every(({ metadata }) => metadata.name !== 'leaving'),
    );
    assert.deepEqual(await cluster.client.list(pods, selection), []);
    await told('leaving', /^Killing: Stopping container app$/);
    assert.equal((await logs('leaving')).status, 404);
  });

  it('follows a log until the container is stopped', async () => {
    await run('followed', {}, ({ running }) => running !== undefined);
    const following = logs('followed', '?follow=true&timestamps=true');
    await cluster.client.delete(pods, 'shop', 'followed');
    assert.match((await following).text, /^\d{4}-\d\d-\d\dT\S+Z INFO starting/);
  });
});
