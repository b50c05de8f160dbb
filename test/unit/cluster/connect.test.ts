import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '../../../src/cluster/connect.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { isOncallError, type OncallErrorCode } from '../../../src/domain/error.ts';
import { refuse, send, startApiServer, type ApiServer, type Handler } from './api-server.ts';

let api: ApiServer;
let answer: Handler;

async function connect(timeoutMs = 50_000): Promise<Cluster> {
  return connectCluster({ kubeconfig: api.kubeconfig(), timeoutMs });
}

async function failure(work: Promise<unknown>, code: OncallErrorCode, ...words: string[]): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isOncallError(error), String(error));
    assert.equal(error.code, code, error.explanation);
    for (const word of words) assert.ok(error.explanation.includes(word), `${error.explanation}: ${word}`);
    return true;
  });
}

describe('a cluster', () => {
  beforeEach(async () => {
    api = await startApiServer((request, response) => answer(request, response));
  });
  afterEach(() => api.stop());

  it('pins the current context and says which version answers', async () => {
    answer = (request, response) => {
      if (request.headers.authorization !== 'Bearer abc') return refuse(response, 401, 'Unauthorized');
      send(response, 200, request.path === '/version' ? { gitVersion: 'v1.36.2' } : { versions: ['v1'] });
    };
    const cluster = await connect();
    assert.equal(cluster.context, 'test');
    assert.equal(cluster.server, api.url);
    assert.equal(await cluster.check(), 'v1.36.2');
  });

  it('tells anonymous access from a working sign-in', async () => {
    answer = ({ path }, response) =>
      path === '/version' ? send(response, 200, { gitVersion: 'v1' }) : refuse(response, 403, 'anonymous');
    await failure((await connect()).check(), 'cluster-unauthorized', 'nobody', '"test"');
  });

  it('asks for the metadata of an object alone, and tells one that does not exist', async () => {
    const accepted = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    answer = ({ headers, path }, response) => {
      if (headers.accept !== accepted) return refuse(response, 406, 'Not Acceptable');
      if (!path.endsWith('/secrets/db')) return refuse(response, 404, 'not found');
      send(response, 200, { kind: 'PartialObjectMetadata', metadata: { name: 'db', namespace: 'shop' } });
    };
    const cluster = await connect();
    const secret = (name: string) => ({ kind: 'Secret', namespace: 'shop', name });
    assert.deepEqual(await cluster.metadata(secret('db')), { name: 'db', namespace: 'shop' });
    assert.equal(await cluster.metadata(secret('gone')), undefined);
    answer = (_, response) => refuse(response, 403, 'no');
    await failure(cluster.metadata(secret('db')), 'cluster-forbidden', 'Secret shop/db');
  });

  it('names the contexts that there are when the wanted one is missing', async () => {
    await failure(
      connectCluster({ kubeconfig: api.kubeconfig(), context: 'prod' }),
      'context-missing',
      '"prod"',
      'There are: test.',
    );
  });

  it('names server and context when nothing listens there', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const cluster = await connectCluster({
      kubeconfig: api.kubeconfig({}, `https://127.0.0.1:${port}`),
      timeoutMs: 50_000,
    });
    await failure(cluster.check(), 'cluster-unreachable', `127.0.0.1:${port}`, '"test"', 'nothing listens');
  });

  it('names server and context when the server does not speak TLS', async () => {
    const cluster = await connectCluster({
      kubeconfig: api.kubeconfig({}, api.url.replace('http:', 'https:')),
      timeoutMs: 50_000,
    });
    await failure(cluster.check(), 'cluster-unreachable', '"test"');
  });

  it('gives up on a server that does not answer in time', async () => {
    answer = () => undefined;
    await failure((await connect(50)).check(), 'cluster-unreachable', 'within 0.05 s');
  });

  it('is cancelled by the caller, and says that it was', async () => {
    answer = () => undefined;
    const controller = new AbortController();
    const reading = (await connect()).get({ kind: 'Pod', namespace: 'shop', name: 'a' }, controller.signal);
    controller.abort();
    await failure(reading, 'cancelled');
  });

  it('says that the credentials are not accepted (401)', async () => {
    answer = (_, response) => refuse(response, 401, 'Unauthorized');
    await failure((await connect()).list('Pod', { namespace: 'shop' }), 'cluster-unauthorized', '"test"');
  });

  it('names the verb and the resource that are not allowed (403)', async () => {
    answer = (_, response) => refuse(response, 403, 'pods is forbidden: User "bob" cannot list');
    await failure(
      (await connect()).list('Pod', { namespace: 'shop' }),
      'cluster-forbidden',
      'list pods in namespace shop',
      'User "bob"',
    );
  });

  it('says that a proxy answered instead of an API server', async () => {
    answer = (_, response) => response.end('<html>Sign in</html>');
    await failure((await connect()).list('Pod', {}), 'cluster-unreachable', 'not an API server');
  });

  it('reports a credential plugin that fails, without its secrets', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', 'console.error("login expired, password=hunter2"); process.exit(3)'],
    };
    const cluster = await connectCluster({ kubeconfig: api.kubeconfig({ exec }) });
    await assert.rejects(cluster.check(), (error) => {
      assert.ok(isOncallError(error));
      assert.equal(error.code, 'cluster-unauthorized');
      assert.match(error.explanation, /login expired/);
      assert.doesNotMatch(error.explanation, /hunter2/);
      return true;
    });
  });

  it('starts a credential plugin with what it needs and nothing else of the environment', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oncall-plugin-'));
    const seen = join(folder, 'seen.json');
    const program = [
      `require('node:fs').writeFileSync(process.env.SEEN, JSON.stringify(process.env));`,
      `console.log(JSON.stringify({ status: { token: 'from-plugin' } }));`,
    ].join(' ');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', program],
      env: [{ name: 'SEEN', value: seen }],
    };
    process.env['ONCALL_TEST_API_KEY'] = 'sk-secret';
    process.env['NODE_OPTIONS'] ??= '';
    try {
      for (const withEnv of [
        exec,
        { ...exec, args: ['-e', program.replace('process.env.SEEN', JSON.stringify(seen))], env: null },
      ]) {
        answer = (_, response) => send(response, 200, { items: [] });
        const cluster = await connectCluster({ kubeconfig: api.kubeconfig({ exec: withEnv }) });
        // Set after the kubeconfig was read, by somebody else in the same process.
        process.env['AWS_PROFILE'] = 'oncall';
        process.env['ONCALL_TEST_LATER'] = 'sk-later';
        await cluster.list('Pod', {});
        const environment = JSON.parse(await readFile(seen, 'utf8')) as Record<string, string>;
        assert.deepEqual(
          ['ONCALL_TEST_API_KEY', 'ONCALL_TEST_LATER', 'NODE_OPTIONS'].filter((name) => name in environment),
          [],
        );
        assert.equal(environment['AWS_PROFILE'], 'oncall');
        assert.equal(environment['HOME'], process.env['HOME']);
        assert.equal(api.seen.at(-1)?.headers.authorization, 'Bearer from-plugin');
      }
    } finally {
      delete process.env['ONCALL_TEST_API_KEY'];
      delete process.env['ONCALL_TEST_LATER'];
      delete process.env['AWS_PROFILE'];
      if (process.env['NODE_OPTIONS'] === '') delete process.env['NODE_OPTIONS'];
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('reads one object, and undefined where it does not exist', async () => {
    answer = ({ path }, response) =>
      path === '/apis/apps/v1/namespaces/shop/deployments/web'
        ? send(response, 200, { metadata: { name: 'web', namespace: 'shop' } })
        : refuse(response, 404, 'not found');
    const cluster = await connect();
    const found = await cluster.get({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    assert.equal(found?.kind, 'Deployment');
    assert.equal(await cluster.get({ kind: 'Deployment', namespace: 'shop', name: 'api' }), undefined);
  });

  for (const name of ['..', 'a/../../secrets/x', '', 'a%2fb']) {
    it(`never sends the name ${JSON.stringify(name)}`, async () => {
      const cluster = await connect();
      await failure(cluster.get({ kind: 'Pod', namespace: 'shop', name }), 'target-unknown');
      await failure(cluster.list('Pod', { namespace: name || '..' }), 'target-unknown');
      assert.deepEqual(api.seen, []);
    });
  }

  it('leaves the filtering to the server and reads a long list page by page', async () => {
    answer = ({ query }, response) =>
      send(response, 200, {
        metadata: { continue: query.get('continue') === null ? 'next' : '' },
        items: [{ metadata: { name: query.get('continue') === null ? 'a' : 'b' } }],
      });
    const pods = await (await connect()).list('Pod', { namespace: 'shop', labelSelector: 'app=web' });
    assert.deepEqual(
      pods.map((pod) => [pod.kind, pod.metadata.name]),
      [
        ['Pod', 'a'],
        ['Pod', 'b'],
      ],
    );
    assert.ok(api.seen.every(({ query }) => query.get('labelSelector') === 'app=web'));
  });

  it('stops at the limit that was asked for', async () => {
    answer = (_, response) =>
      send(response, 200, { metadata: { continue: 'more' }, items: [{ metadata: { name: 'a' } }] });
    assert.equal((await (await connect()).list('Pod', { limit: 1 })).length, 1);
    assert.equal(api.seen.length, 1);
  });

  it('reads bounded logs of a previous container', async () => {
    answer = (_, response) => response.end('bye\n');
    const cluster = await connect();
    const text = await cluster.logs({
      namespace: 'shop',
      pod: 'web-1',
      container: 'app',
      previous: true,
      tailLines: 50,
    });
    assert.equal(text, 'bye\n');
    const { path, query } = api.seen[0] ?? assert.fail();
    assert.equal(path, '/api/v1/namespaces/shop/pods/web-1/log');
    assert.equal(query.get('previous'), 'true');
    assert.equal(query.get('tailLines'), '50');
    assert.ok(Number(query.get('limitBytes')) > 0);
  });

  it('is patient with an overloaded server', async () => {
    answer = (_, response) => {
      if (api.seen.length > 1) return send(response, 200, { items: [] });
      response.writeHead(429, { 'retry-after': '0' });
      response.end();
    };
    assert.deepEqual(await (await connect()).list('Pod', {}), []);
  });

  it('uses its connections again', async () => {
    answer = (_, response) => send(response, 200, { items: [] });
    const cluster = await connect();
    for (let turn = 0; turn < 20; turn++) await cluster.list('Pod', {});
    // One more than one: a connection is free again a moment after its answer was read.
    assert.ok(api.connections() <= 2, String(api.connections()));
  });
});
