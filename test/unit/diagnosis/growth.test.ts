import assert from 'node:assert/strict';
import { join } from 'node:path';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { collect } from '../../../src/diagnosis/collect.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import { startPracticeCluster, type PracticeCluster } from '../../../src/practice/cluster/start.ts';
import { namespaces } from '../../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../../src/practice/objects.ts';
import { startCountingProxy, type CountingProxy, type Traffic } from '../../support/counting-proxy.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';

const resource = (apiVersion: string, kind: string, plural: string): Resource<KubeObject> => ({
  ...{ apiVersion, kind, plural, namespaced: true },
});
const kinds = {
  pods: resource('v1', 'Pod', 'pods'),
  services: resource('v1', 'Service', 'services'),
  events: resource('v1', 'Event', 'events'),
  deployments: resource('apps/v1', 'Deployment', 'deployments'),
  replicaSets: resource('apps/v1', 'ReplicaSet', 'replicasets'),
};
const shop = 'shop';
const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image: `docker.io/library/${app}:1` }] },
});

/** The evidence of an incident, over HTTP, with everything counted that goes through. */
describe('what an investigation asks of a cluster', () => {
  let scratch: Scratch;
  let cluster: PracticeCluster;
  let client: KubeClient;
  let proxy: CountingProxy;
  let pods = 0;

  before(async () => {
    scratch = await scratchFolder('growth');
    cluster = await startPracticeCluster({ directory: scratch.path });
    client = new KubeClient({ server: cluster.url, ca: cluster.caCertificate, token: cluster.token });
    proxy = await startCountingProxy(cluster.kubeconfig, join(scratch.path, 'counted.json'));
    await client.create(namespaces, { metadata: { name: shop } });
    await client.create(namespaces, { metadata: { name: 'elsewhere' } });
    await incident();
  });
  after(async () => {
    await proxy?.close();
    client?.close();
    await cluster?.close();
    await scratch?.remove();
  });

  const create = (kind: Resource<KubeObject>, object: object) => client.create(kind, object as KubeObject);
  const ownedBy = ({ apiVersion, kind }: Resource<KubeObject>, { metadata: { name, uid } }: KubeObject) => ({
    ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
  });

  const addPod = (app: string, namespace: string, owner: object = {}): Promise<KubeObject> => {
    const metadata = { name: `${app}-${++pods}`, namespace, labels: { app }, ...owner };
    return create(kinds.pods, { metadata, spec: { ...template(app).spec, nodeName: 'node-1' } });
  };
  const warnAbout = ({ metadata: { name, namespace } }: KubeObject): Promise<KubeObject> =>
    create(kinds.events, {
      metadata: { name: `${name}.1`, namespace },
      involvedObject: { kind: 'Pod', name, namespace },
      ...{ type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count: 3 },
      lastTimestamp: new Date().toISOString(),
    });

  /** A Deployment of three pods with a Service in front. */
  async function incident(): Promise<void> {
    const app = 'checkout';
    const selector = { matchLabels: { app } };
    const named = { name: app, namespace: shop };
    const deployment = await create(kinds.deployments, {
      metadata: named,
      spec: { replicas: 3, selector, template: template(app) },
    });
    const set = await create(kinds.replicaSets, {
      metadata: { ...named, name: `${app}-1`, labels: { app }, ...ownedBy(kinds.deployments, deployment) },
      spec: { replicas: 3, selector, template: template(app) },
    });
    await create(kinds.services, { metadata: named, spec: { selector: { app }, ports: [{ port: 80 }] } });
    for (let count = 0; count < 3; count++) {
      await warnAbout(await addPod(app, shop, ownedBy(kinds.replicaSets, set)));
    }
  }

  /** Adds pods of others, half of them in the incident's own namespace, until there are as many. */
  const growTo = async (all: number): Promise<void> => {
    const missing = Array.from({ length: all - pods }, (_, index) => index);
    await Promise.all(missing.map((index) => addPod('neighbour', index % 2 === 0 ? shop : 'elsewhere')));
  };

  const traffic = async (): Promise<Traffic> => {
    const connected = await connectCluster({ kubeconfig: proxy.kubeconfig });
    const target = { context: 'practice', kind: 'Deployment', namespace: shop, name: 'checkout' };
    const snapshot = await collect(connected, target, { signal: AbortSignal.timeout(50_000) });
    assert.equal(snapshot.pods.length, 3);
    assert.deepEqual(snapshot.gaps, []);
    assert.ok(snapshot.events.length >= 3);
    return proxy.taken();
  };

  it('does not grow with the cluster: neither the requests nor the bytes of their answers', async function () {
    this.timeout(60_000);
    await growTo(50);
    const small = await traffic();
    await growTo(500);
    const large = await traffic();
    assert.ok(small.requests > 5);
    assert.equal(large.requests, small.requests);
    // Version numbers grow by a digit.
    assert.ok(large.bytes < small.bytes * 1.02, `${small.bytes} and ${large.bytes} bytes`);
  });
});
