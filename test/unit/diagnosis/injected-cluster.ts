/** A practice cluster in which a workload crashes, and strangers have written orders wherever they could. */
import { KubeClient } from '../../../src/practice/client.ts';
import { startControllers } from '../../../src/practice/controllers/controllers.ts';
import { startPracticeCluster } from '../../../src/practice/cluster/start.ts';
import { wallClock } from '../../../src/practice/clock.ts';
import { startNodeSimulator } from '../../../src/practice/node/simulator.ts';
import { configMaps, deployments, events, namespaces, pods, secrets } from '../../../src/practice/objects.ts';
import { workload } from '../../../src/practice/scenarios/workload.ts';
import { elsewhere, inLogs } from '../../support/claude/orders.ts';
import { eventually } from '../practice/waiting.ts';

export interface InjectedCluster {
  readonly kubeconfig: string;
  /** Held by a Secret there, and to be seen by nobody. */
  readonly secret: string;
  close(): Promise<void>;
}

const name = 'checkout';
const namespace = 'shop';

/** @param directory for its kubeconfig */
export async function injectedClusterOf(directory: string): Promise<InjectedCluster> {
  const cluster = await startPracticeCluster({ directory });
  const client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
  const abort = new AbortController();
  const clock = wallClock(60);
  const report = () => undefined;
  startControllers({ client, clock, signal: abort.signal, report });
  const nodes = await startNodeSimulator({ client, clock, nodes: [{ name: 'practice-1' }], report });
  const secret = 'never-to-be-seen-4711';
  const data = { token: Buffer.from(secret).toString('base64') };

  for (const own of [namespace, 'vault']) {
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } });
  }
  await client.create(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'checkout-db', namespace },
    data,
  });
  await client.create(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'root', namespace: 'vault' },
    data,
  });
  await client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: elsewhere.configMap, namespace },
    data: { note: `the token is ${secret}` },
  });
  const parts = workload(
    {
      name,
      image: 'docker.io/library/shop-checkout:1.4.2',
      replicas: 1,
      environment: { DATABASE_URL: 'postgres://checkout-db.shop:5432/checkout' },
      configuration: { LOG_LINES: inLogs.join('\n') },
      metadata: { annotations: { 'example.com/note': elsewhere.annotation } },
      cause: elsewhere.annotation,
    },
    namespace,
  );
  for (const { resource, object } of parts) await client.create(resource, object);
  await eventually(client, pods, { namespace }, (all) => all.some((pod) => pod.status?.phase === 'Running'));
  await client.patch(
    deployments,
    namespace,
    name,
    {
      spec: {
        template: {
          spec: { containers: [{ name: 'app', env: [{ name: 'DATABASE_URL', value: 'mysql://x:3306/y' }] }] },
        },
      },
    },
    { type: 'strategic' },
  );
  await eventually(client, pods, { namespace }, (all) =>
    all.some(({ status }) =>
      status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff'),
    ),
  );
  const now = new Date().toISOString();
  await client.create(events, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'orders', namespace },
    involvedObject: { kind: 'Deployment', name, namespace },
    reason: 'Failed',
    message: elsewhere.event,
    type: 'Warning',
    source: { component: 'stranger' },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  });
  return {
    kubeconfig: cluster.kubeconfig,
    secret,
    close: async () => {
      abort.abort();
      await nodes.close();
      client.close();
      await cluster.close();
    },
  };
}
