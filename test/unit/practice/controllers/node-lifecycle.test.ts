import assert from 'node:assert/strict';
import { wallClock } from '../../../../src/practice/clock.ts';
import { startControllers } from '../../../../src/practice/controllers/controllers.ts';
import { evictionTime, taintsFor } from '../../../../src/practice/controllers/node-lifecycle.ts';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { nodeObject } from '../../../../src/practice/node/registration.ts';
import { conditionOf, isReady } from '../../../../src/practice/conditions.ts';
import { deployments, events, namespaces, nodes, pods } from '../../../../src/practice/objects.ts';
import type { Node, Pod, PodSpec } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const unreachable = 'node.kubernetes.io/unreachable';
const now = '2026-01-01T00:00:00Z';

describe('the taints of a node', () => {
  const node = (ready: 'True' | 'False' | 'Unknown', spec: Node['spec'] = {}): Node => {
    const fresh = nodeObject({ name: 'n1' }, 1, now);
    const conditions = [{ type: 'Ready', status: ready }];
    return { ...fresh, spec, status: { ...fresh.status, conditions } };
  };
  const told = (taints: ReturnType<typeof taintsFor>): string[] =>
    taints.map(({ key, effect }) => `${key}:${effect}`);

  it('say that it is unreachable or not ready, beside those that are somebody else’s', () => {
    const pool = { key: 'pool', value: 'spot', effect: 'NoSchedule' };
    assert.deepEqual(told(taintsFor(node('Unknown', { taints: [pool] }), now)), [
      'pool:NoSchedule',
      `${unreachable}:NoSchedule`,
      `${unreachable}:NoExecute`,
    ]);
    assert.deepEqual(told(taintsFor(node('False'), now)), [
      'node.kubernetes.io/not-ready:NoSchedule',
      'node.kubernetes.io/not-ready:NoExecute',
    ]);
    assert.deepEqual(told(taintsFor(node('True', { unschedulable: true }), now)), [
      'node.kubernetes.io/unschedulable:NoSchedule',
    ]);
  });

  it('go when it is back, and stay as they are while nothing changes', () => {
    const tainted = node('Unknown', { taints: [...taintsFor(node('Unknown'), now)] });
    assert.equal(taintsFor(tainted, '2026-01-01T00:01:00Z'), tainted.spec?.taints);
    assert.deepEqual(taintsFor(node('True', tainted.spec), now), []);
  });

  it('drive a pod away at once, after its patience, or never', () => {
    const away = node('Unknown', { taints: [...taintsFor(node('Unknown'), now)] });
    const pod = (tolerations: PodSpec['tolerations']): Pod => ({
      metadata: { name: 'a' },
      spec: { containers: [], tolerations },
    });
    const patient = { key: unreachable, operator: 'Exists', effect: 'NoExecute' };
    assert.equal(evictionTime(pod([]), away, 1), 0);
    const seconds = [{ ...patient, tolerationSeconds: 300 }];
    assert.equal(evictionTime(pod(seconds), away, 1), Date.parse('2026-01-01T00:05:00Z'));
    assert.equal(evictionTime(pod(seconds), away, 10), Date.parse('2026-01-01T00:00:30Z'));
    assert.equal(evictionTime(pod([patient]), away, 1), undefined);
    assert.equal(evictionTime(pod([]), node('True'), 1), undefined);
  });
});

describe('a machine that falls silent', () => {
  let cluster: TestCluster;
  let simulator: NodeSimulator;
  let away = '';
  let stranded: Pod | undefined;
  const abort = new AbortController();
  const failures: string[] = [];

  const nodeNamed = async (condition: (node: Node) => boolean): Promise<Node> => {
    const selection = { fieldSelector: `metadata.name=${away}` };
    const [found] = await eventually(
      cluster.client,
      nodes,
      selection,
      ([one]) => one !== undefined && condition(one),
    );
    assert.ok(found);
    return found;
  };
  const ready = ({ status }: Node): string | undefined => conditionOf(status?.conditions, 'Ready')?.status;
  const readyPods = (count: number) =>
    eventually(
      cluster.client,
      pods,
      { namespace: 'shop' },
      (all) =>
        all.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length === count,
    );

  before(async () => {
    cluster = await startTestCluster();
    const { client } = cluster;
    const report = (error: unknown, key: string): void => {
      if (!abort.signal.aborted) failures.push(`${key}: ${String(error)}`);
    };
    // So fast that five minutes are over within seconds.
    const clock = wallClock(100);
    startControllers({ client, clock, signal: abort.signal, report });
    simulator = await startNodeSimulator({ client, clock, nodes: [{ name: 'n1' }, { name: 'n2' }], report });
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await client.create(deployments, {
      metadata: { name: 'cart', namespace: 'shop' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'cart' } },
        template: {
          metadata: { labels: { app: 'cart' } },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [{ name: 'app', image: 'docker.io/library/shop-cart:1.9.0' }],
          },
        },
      },
    });
    const [one] = await readyPods(2);
    stranded = one;
    away = one?.spec.nodeName ?? '';
    simulator.stop(away);
  });
  after(async () => {
    abort.abort();
    await simulator.close();
    await cluster.close();
    assert.deepEqual(failures, []);
  });

  it('is Unknown in every condition after 40 seconds, and tainted', async () => {
    const found = await nodeNamed(
      (node) => ready(node) === 'Unknown' && (node.spec?.taints ?? []).length === 2,
    );
    for (const { type, status, reason, message } of found.status?.conditions ?? []) {
      assert.deepEqual([status, reason], ['Unknown', 'NodeStatusUnknown'], type);
      assert.equal(message, 'Kubelet stopped posting node status.');
    }
  });

  it('leaves its pods running and not ready', async () => {
    await readyPods(1);
    const pod = await cluster.client.get(pods, 'shop', stranded?.metadata.name ?? '');
    assert.equal(pod?.status?.phase, 'Running');
    const condition = conditionOf(pod.status.conditions, 'Ready');
    assert.deepEqual([condition?.status, condition?.reason], ['False', undefined]);
    assert.equal(conditionOf(pod.status.conditions, 'ContainersReady')?.status, 'True');
    const seen = await eventually(
      cluster.client,
      events,
      {},
      (all) => all.filter(({ reason }) => reason === 'NodeNotReady').length === 2,
    );
    assert.deepEqual(
      seen
        .filter(({ reason }) => reason === 'NodeNotReady')
        .map(({ type, message }) => `${type}: ${message}`)
        .sort(),
      [`Normal: Node ${away} status is now: NodeNotReady`, 'Warning: Node is not ready'],
    );
  });

  it('loses them after five minutes to the other machine, and keeps what it cannot stop', async () => {
    await readyPods(2);
    const pod = await cluster.client.get(pods, 'shop', stranded?.metadata.name ?? '');
    assert.equal(pod?.metadata.uid, stranded?.metadata.uid);
    assert.notEqual(pod?.metadata.deletionTimestamp, undefined);
    const seen = await eventually(cluster.client, events, { namespace: 'shop' }, (all) =>
      all.some(({ reason }) => reason === 'TaintManagerEviction'),
    );
    const eviction = seen.find(({ reason }) => reason === 'TaintManagerEviction');
    assert.equal(eviction?.message, `Marking for deletion Pod shop/${stranded?.metadata.name ?? ''}`);
  });

  it('is ready and free of taints when it comes back, and lets go of what was taken from it', async () => {
    simulator.restart();
    await nodeNamed((node) => ready(node) === 'True' && (node.spec?.taints ?? []).length === 0);
    await eventually(
      cluster.client,
      pods,
      { namespace: 'shop' },
      (all) => all.length === 2 && all.every(({ metadata }) => metadata.uid !== stranded?.metadata.uid),
    );
  });

  it('has its pods ready again where it comes back in time', async () => {
    const [pod] = await readyPods(2);
    away = pod?.spec.nodeName ?? '';
    simulator.stop(away);
    await nodeNamed((node) => ready(node) === 'Unknown');
    await eventually(cluster.client, pods, { namespace: 'shop' }, (all) => all.filter(isReady).length < 2);
    simulator.restart();
    const again = await readyPods(2);
    assert.ok(again.some(({ metadata }) => metadata.uid === pod?.metadata.uid));
  });

  it('must be one that there is', () => {
    assert.throws(() => {
      simulator.stop('n9');
    }, /no simulated machine "n9"/);
  });
});
