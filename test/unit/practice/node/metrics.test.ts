import assert from 'node:assert/strict';
import { request } from 'node:https';
import type { KubeClient } from '../../../../src/practice/client.ts';
import { answerMetrics } from '../../../../src/practice/node/metrics.ts';
import type { MetricsAnswer } from '../../../../src/practice/node/metrics.ts';
import { startMetricsServer } from '../../../../src/practice/node/metrics-server.ts';
import { configMaps, namespaces, nodes, pods } from '../../../../src/practice/objects.ts';
import type { Container } from '../../../../src/practice/objects.ts';
import { startTestCluster } from '../waiting.ts';
import type { TestCluster } from '../waiting.ts';

const root = '/apis/metrics.k8s.io/v1beta1';
const now = Date.parse('2030-01-01T12:00:00Z');

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into field by field
type Body = any;

describe('the metrics API', () => {
  let cluster: TestCluster;
  let client: KubeClient;

  before(async () => {
    cluster = await startTestCluster();
    client = cluster.client;
    await client.create(namespaces, { metadata: { name: 'shop' } });
    await client.create(nodes, { metadata: { name: 'n1' } });
    await client.create(nodes, { metadata: { name: 'n2' } });
    await client.create(configMaps, {
      metadata: { name: 'quotes-config', namespace: 'shop' },
      data: { CACHE_MB: '64' },
    });
    const load = { env: [{ name: 'LOAD_MILLICORES', value: '90' }] };
    await run('quotes-1', 'quotes', true, {
      ...load,
      envFrom: [{ configMapRef: { name: 'quotes-config' } }],
    });
    await run('quotes-2', 'quotes', true, load, 'newer');
    await run('quotes-3', 'quotes', false, load);
    await run('other', 'other', true, {});
    await client.create(pods, {
      metadata: { name: 'waiting', namespace: 'shop' },
      spec: { containers: [{ name: 'app', image: 'a:1' }] },
    });
  });
  after(() => cluster.close());

  async function run(
    name: string,
    app: string,
    ready: boolean,
    container: Partial<Container>,
    hash = 'older',
  ): Promise<void> {
    await client.create(pods, {
      metadata: { name, namespace: 'shop', labels: { app, 'pod-template-hash': hash } },
      spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'a:1', ...container }] },
    });
    const conditions = [{ type: 'Ready', status: ready ? ('True' as const) : ('False' as const) }];
    const status = { phase: 'Running' as const, conditions };
    await client.patch(pods, 'shop', name, { status }, { subresource: 'status' });
  }

  const ask = (path: string, query = ''): Promise<MetricsAnswer> =>
    answerMetrics(client, `${root}${path}`, new URLSearchParams(query), now);
  const usage = (body: Body): Record<string, Body> =>
    Object.fromEntries(body.items.map((one: Body) => [one.metadata.name, one.containers[0].usage]));

  it('shares the load of a workload among its pods that are Ready, whichever revision they are from', async () => {
    const { body } = await ask('/namespaces/shop/pods');
    const found = usage(body);
    assert.deepEqual(
      Object.entries(found).map(([name, { cpu }]) => [name, cpu]),
      [
        ['other', '1000000n'],
        ['quotes-1', '45000000n'],
        ['quotes-2', '45000000n'],
        ['quotes-3', '1000000n'],
      ],
    );
  });

  it('counts the cache, also where its size comes from a ConfigMap', async () => {
    const { body } = await ask('/namespaces/shop/pods');
    assert.equal(usage(body)['quotes-1'].memory, `${String((24 + 64) * 1024)}Ki`);
    assert.equal(usage(body)['other'].memory, `${String(24 * 1024)}Ki`);
  });

  it('answers for pods that run, by label and by name, with the time and window of the measurement', async () => {
    const chosen = (await ask('/pods', 'labelSelector=app%3Dquotes')).body as Body;
    assert.deepEqual(Object.keys(usage(chosen)), ['quotes-1', 'quotes-2', 'quotes-3']);
    // The others of the workload still carry their share.
    const [one] = ((await ask('/pods', 'fieldSelector=metadata.name%3Dquotes-2')).body as Body).items;
    assert.equal(one.containers[0].usage.cpu, '45000000n');
    const single = (await ask('/namespaces/shop/pods/quotes-2')).body as Body;
    assert.deepEqual(
      [single.kind, single.timestamp, single.window],
      ['PodMetrics', '2030-01-01T12:00:00Z', '10s'],
    );
    const missing = await ask('/namespaces/shop/pods/waiting');
    assert.deepEqual(
      [missing.code, (missing.body as Body).message],
      [404, 'podmetrics.metrics.k8s.io "shop/waiting" not found'],
    );
  });

  it('adds up on each node what its pods use', async () => {
    const { body } = (await ask('/nodes')) as { body: Body };
    assert.deepEqual(
      body.items.map((one: Body) => [one.metadata.name, one.usage.cpu]),
      [
        ['n1', '192000000n'],
        ['n2', '100000000n'],
      ],
    );
    assert.equal(((await ask('/nodes/n2')).body as Body).kind, 'NodeMetrics');
    assert.equal((await ask('/nodes/n3')).code, 404);
  });

  it('knows no other paths', async () => {
    for (const path of ['/cakes', '/namespaces/shop/nodes', '/pods/quotes-1', '/namespaces/shop/pods/a/b']) {
      assert.equal((await ask(path)).code, 404, path);
    }
  });

  it('is served over HTTPS, with the list of its types for the API aggregator', async () => {
    const server = await startMetricsServer(client);
    const read = (path: string): Promise<Body> =>
      new Promise((resolve, reject) => {
        const url = `https://127.0.0.1:${String(server.port)}${path}`;
        request(url, { rejectUnauthorized: false }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            resolve(JSON.parse(text));
          });
        })
          .on('error', reject)
          .end();
      });
    try {
      const types = (await read(root)).resources;
      assert.deepEqual(
        types.map((one: Body) => [one.name, one.kind]),
        [
          ['nodes', 'NodeMetrics'],
          ['pods', 'PodMetrics'],
        ],
      );
      assert.equal((await read(`${root}/namespaces/shop/pods?labelSelector=app%3Dother`)).items.length, 1);
    } finally {
      await server.close();
    }
  });
});
