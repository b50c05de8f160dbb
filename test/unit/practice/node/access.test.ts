import assert from 'node:assert/strict';
import { request } from 'node:https';
import { roleBindings, roles } from '../../../../src/practice/api-groups.ts';
import { isReady } from '../../../../src/practice/conditions.ts';
import { startNodeSimulator } from '../../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../../src/practice/node/simulator.ts';
import { events, namespaces, nodes, pods } from '../../../../src/practice/objects.ts';
import { eventually, startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

describe('an application that reads the Kubernetes API', () => {
  let cluster: TestCluster;
  let simulator: NodeSimulator;

  before(async () => {
    cluster = await startTestCluster();
    const { client } = cluster;
    simulator = await startNodeSimulator({ client, nodes: [{ name: 'n1' }], speed: 100 });
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await client.create(roles, {
      metadata: { name: 'router', namespace: 'shop' },
      rules: [{ apiGroups: [''], resources: ['pod'], verbs: ['list'] }],
    });
    await client.create(roleBindings, {
      metadata: { name: 'router', namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'router' },
      subjects: [{ kind: 'ServiceAccount', name: 'router', namespace: 'shop' }],
    });
  });
  after(async () => {
    await simulator.close();
    await cluster.close();
  });

  const allow = (resource: string): Promise<unknown> =>
    cluster.client.patch(roles, 'shop', 'router', {
      rules: [{ apiGroups: [''], resources: [resource], verbs: ['list'] }],
    });
  const becomes = (ready: boolean): Promise<unknown> =>
    eventually(
      cluster.client,
      pods,
      { namespace: 'shop' },
      ([pod]) => pod !== undefined && isReady(pod) === ready,
    );

  async function log(): Promise<string> {
    const [node] = await cluster.client.list(nodes);
    const port = node?.status?.daemonEndpoints?.kubeletEndpoint.Port ?? 0;
    return new Promise((resolve, reject) => {
      const url = `https://127.0.0.1:${String(port)}/containerLogs/shop/router/app`;
      request(url, { rejectUnauthorized: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve(text);
        });
      })
        .on('error', reject)
        .end();
    });
  }

  it('says in its log what it may not do, and is ready as long as it may', async () => {
    await cluster.client.create(pods, {
      metadata: { name: 'router', namespace: 'shop' },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'router',
        containers: [
          {
            name: 'app',
            image: 'docker.io/library/shop-router:1.1.4',
            env: [{ name: 'READS', value: 'pods' }],
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
          },
        ],
      },
    });
    await eventually(cluster.client, events, { namespace: 'shop' }, (all) =>
      all.some(({ message }) => message === 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    );
    assert.match(
      await log(),
      /^ERROR pods is forbidden: User "system:serviceaccount:shop:router" cannot list resource "pods" in API group "" in the namespace "shop"$/m,
    );
    const [pod] = await cluster.client.list(pods, { namespace: 'shop' });
    assert.ok(pod && !isReady(pod));

    await allow('pods');
    await becomes(true);
    assert.match(await log(), /^INFO follows the pods of its namespace$/m);

    await allow('pod');
    await becomes(false);
  });
});
