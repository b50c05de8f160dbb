import assert from 'node:assert/strict';
import { quotas } from '../../../../src/practice/api-groups.ts';
import { wallClock } from '../../../../src/practice/clock.ts';
import { withFailure, startReplicaSetController } from '../../../../src/practice/controllers/replicaset.ts';
import { deploymentStatus } from '../../../../src/practice/controllers/deployment-status.ts';
import { startQuotaController } from '../../../../src/practice/controllers/quota.ts';
import { events, namespaces, pods, replicaSets } from '../../../../src/practice/objects.ts';
import type { Deployment, ReplicaSet } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const shop = { namespace: 'shop' };
const template = {
  metadata: { labels: { app: 'orders' } },
  spec: { containers: [{ name: 'app', image: 'x', resources: { requests: { cpu: '250m' } } }] },
};
const set = (replicas: number): ReplicaSet => ({
  metadata: { name: 'orders-1', namespace: 'shop' },
  spec: { replicas, selector: { matchLabels: { app: 'orders' } }, template },
});

describe('a ReplicaSet in a namespace with a quota', () => {
  let cluster: TestCluster;
  const abort = new AbortController();
  const failures: string[] = [];

  before(async () => {
    cluster = await startTestCluster();
    const report = (error: unknown): void => {
      if (!abort.signal.aborted) failures.push(String(error));
    };
    const options = { client: cluster.client, clock: wallClock(50), signal: abort.signal, report };
    startQuotaController(options);
    startReplicaSetController(options);
    await cluster.client.create(namespaces, { metadata: { name: 'shop' } });
    const hard = { pods: '3', 'requests.cpu': '2', configmaps: '5' };
    await cluster.client.create(quotas, { metadata: { name: 'compute', namespace: 'shop' }, spec: { hard } });
    await cluster.client.create(replicaSets, set(5));
  });
  after(async () => {
    abort.abort();
    await cluster.close();
    assert.deepEqual(failures, []);
  });

  it('has as many pods as the quota lets in, and says why not more', async () => {
    const [found] = await eventually(
      cluster.client,
      replicaSets,
      shop,
      ([one]) => one?.status?.replicas === 3 && (one.status.conditions ?? []).length > 0,
    );
    const [condition] = found?.status?.conditions ?? [];
    assert.equal(condition?.type, 'ReplicaFailure');
    assert.equal(condition.status, 'True');
    assert.equal(condition.reason, 'FailedCreate');
    assert.match(
      condition.message ?? '',
      /^pods "orders-1-\w{5}" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3$/,
    );
    const seen = await eventually(cluster.client, events, shop, (all) =>
      all.some(({ reason }) => reason === 'FailedCreate'),
    );
    const failed = seen.find(({ reason }) => reason === 'FailedCreate');
    assert.match(
      failed?.message ?? '',
      /^Error creating: pods "orders-1-\w{5}" is forbidden: exceeded quota: /,
    );
  });

  it('shows in the quota how much of it is used', async () => {
    const [found] = await eventually(
      cluster.client,
      quotas,
      shop,
      ([one]) => one?.status?.used?.['pods'] === '3',
    );
    assert.deepEqual(found?.status, {
      hard: { pods: '3', 'requests.cpu': '2', configmaps: '5' },
      used: { pods: '3', 'requests.cpu': '750m', configmaps: '0' },
    });
  });

  it('makes the missing pods once the quota is raised, and no longer says that it cannot', async () => {
    await cluster.client.patch(quotas, 'shop', 'compute', { spec: { hard: { pods: '6' } } });
    await eventually(cluster.client, pods, shop, (all) => all.length === 5);
    await eventually(
      cluster.client,
      replicaSets,
      shop,
      ([one]) => one?.status?.replicas === 5 && (one.status.conditions ?? []).length === 0,
    );
  });
});

describe('pods that cannot be made', () => {
  it('are told of in the words of the first failure, until they can', () => {
    const first = withFailure([], 'no room for a', '2026-01-01T00:00:00Z');
    assert.deepEqual(withFailure(first, 'no room for b', '2026-01-01T00:01:00Z'), first);
    assert.deepEqual(withFailure(first, undefined, '2026-01-01T00:02:00Z'), []);
  });

  it('show in the Deployment, which counts them as unavailable', () => {
    const conditions = withFailure([], 'no room', '2026-01-01T00:00:00Z');
    const failing: ReplicaSet = { ...set(5), status: { replicas: 3, availableReplicas: 3, conditions } };
    const deployment: Deployment = {
      metadata: { name: 'orders' },
      spec: { replicas: 5, selector: {}, template },
    };
    const status = deploymentStatus(deployment, failing, [], Date.parse('2026-01-01T00:00:01Z'), 1);
    assert.equal(status.unavailableReplicas, 2);
    const shown = status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    assert.equal(shown?.message, 'no room');
    const healed = deploymentStatus(
      { ...deployment, status },
      set(5),
      [],
      Date.parse('2026-01-01T00:01:00Z'),
      1,
    );
    assert.equal(
      healed.conditions?.some(({ type }) => type === 'ReplicaFailure'),
      false,
    );
  });
});
