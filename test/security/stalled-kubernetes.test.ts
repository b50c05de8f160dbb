/** What an API server does not answer keeps nobody waiting, and no watch goes blind. Over real sockets. */
import assert from 'node:assert/strict';
import { connectCluster, type ConnectOptions } from '../../src/cluster/connect.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { Requests } from '../../src/cluster/requests.ts';
import { isOncallError, type OncallErrorCode } from '../../src/domain/error.ts';
import { writeKubeconfig } from '../unit/cluster/api-server.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import {
  breaks,
  json,
  silent,
  stalls,
  startUnwell,
  trickle,
  type Asked,
  type UnwellServer,
  type Way,
} from '../support/unwell-server.ts';

const pod = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });
const isWatch = ({ url }: Asked) => new URL(url, 'http://x').searchParams.get('watch') === 'true';

async function failure(work: Promise<unknown>, code: OncallErrorCode, ...texts: RegExp[]): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isOncallError(error), String(error));
    assert.equal(error.code, code, error.explanation);
    for (const text of texts) assert.match(error.explanation, text);
    return true;
  });
}

describe('An answer of an API server that does not come', () => {
  let scratch: Scratch;
  let server: UnwellServer;
  before(async () => {
    scratch = await scratchFolder('stalled');
  });
  after(() => scratch.remove());
  beforeEach(async () => {
    server = await startUnwell(silent);
  });
  afterEach(() => server.close());

  const connect = (more: ConnectOptions = {}, user: Record<string, unknown> = { token: 'abc' }) =>
    connectCluster({
      kubeconfig: writeKubeconfig(scratch.path, server.url, user),
      timeoutMs: 200,
      ...more,
    });

  const reads: Readonly<Record<string, (cluster: Cluster) => Promise<unknown>>> = {
    check: (cluster) => cluster.check(),
    get: (cluster) => cluster.get({ kind: 'Pod', namespace: 'shop', name: 'a' }),
    metadata: (cluster) => cluster.metadata({ kind: 'Pod', namespace: 'shop', name: 'a' }),
    list: (cluster) => cluster.list('Pod', { namespace: 'shop' }),
    logs: (cluster) => cluster.logs({ namespace: 'shop', pod: 'a', container: 'app', tailLines: 5 }),
    'take a lock': (cluster) => cluster.acquireLock('shop', 'oncall-p1', 'me', 30),
    'start to watch': (cluster) =>
      cluster.watch('Pod', { namespace: 'shop' }, () => undefined, new AbortController().signal),
  };
  for (const [what, way] of Object.entries(stalls())) {
    it(`is given up where the server ${what}`, async () => {
      server.way = way;
      const cluster = await connect();
      for (const [name, read] of Object.entries(reads)) {
        await failure(read(cluster), 'cluster-unreachable', /did not answer within 0\.2 s/).catch((error) => {
          throw new Error(`${name}: ${String(error)}`);
        });
      }
    });
  }

  for (const [what, way] of Object.entries(breaks())) {
    it(`is told where the server ${what}`, async () => {
      server.way = way;
      await failure((await connect()).list('Pod', {}), 'cluster-unreachable', /cannot be reached/);
    });
  }

  it('is given up where nobody heeds the signal', async () => {
    const place = { context: 'test', server: 'https://10.0.0.1' };
    const never = new Promise<never>(() => undefined);
    const request = { method: 'GET', path: '/version', verb: 'get', what: '/version' } as const;
    const deaf = new Requests(place, () => never, 50);
    await failure(deaf.reply(request), 'cluster-unreachable', /within 0\.05 s/);
    await failure(deaf.open(request, new AbortController().signal), 'cluster-unreachable', /within 0\.05 s/);
    const half = { status: 200, headers: {}, text: () => never, stream: () => null };
    const bodiless = new Requests(place, () => Promise.resolve(half), 50);
    await failure(bodiless.reply(request), 'cluster-unreachable', /within 0\.05 s/);
    const cancel = new AbortController();
    const work = new Requests(place, () => never, 600_000).reply(request, cancel.signal);
    cancel.abort();
    await failure(work, 'cancelled');
  });

  it('for want of credentials is told with the plugin that hangs', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', 'setTimeout(() => process.exit(1), 5000)'],
    };
    const cluster = await connect({}, { exec });
    await failure(cluster.list('Pod', {}), 'cluster-unauthorized', /credential plugin .*longer than 0\.2 s/);
    assert.equal(server.asked.length, 0);
  });
});

describe('A watch that goes silent', () => {
  let scratch: Scratch;
  let server: UnwellServer;
  before(async () => {
    scratch = await scratchFolder('silent-watch');
  });
  after(() => scratch.remove());
  beforeEach(async () => {
    server = await startUnwell(silent);
  });
  afterEach(() => server.close());

  /** Watches until the pod `b` is seen. */
  async function untilSeen(silentMs = 100): Promise<void> {
    const cluster = await connectCluster({
      kubeconfig: writeKubeconfig(scratch.path, server.url, { token: 'abc' }),
      timeoutMs: 200,
      silentMs,
    });
    const seen = new AbortController();
    await cluster.watch(
      'Pod',
      { namespace: 'shop' },
      (pods) => {
        if (pods.some(({ metadata }) => metadata.name === 'b')) seen.abort();
      },
      seen.signal,
    );
  }
  /** The first watch is answered in this way, the ones after it well. */
  const first = (way: Way): Way => {
    let watches = 0;
    return (response, asked) => {
      if (!isWatch(asked)) {
        json({ metadata: { resourceVersion: '5' }, items: [pod('a', '5')] })(response, asked);
        return;
      }
      watches += 1;
      if (watches === 1) return way(response, asked);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify({ type: 'ADDED', object: pod('b', '6') })}\n`);
    };
  };
  const watches = () => server.asked.filter(isWatch);

  const ways: Readonly<Record<string, Way>> = {
    ...stalls(),
    ...breaks(),
    'sends blank lines for ever': trickle('application/json', '\n'),
    'sends an event that comes to no end': trickle('application/json', '{"type":"ADDED",'),
    'refuses, and never says why': (response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.flushHeaders();
    },
  };
  for (const [what, way] of Object.entries(ways)) {
    it(`is opened anew, from where it was, where the server ${what}`, async () => {
      server.way = first(way);
      await untilSeen();
      const versions = watches().map(({ url }) =>
        new URL(url, 'http://x').searchParams.get('resourceVersion'),
      );
      assert.ok(versions.length > 1 && versions.every((version) => version === '5'), String(versions));
    });
  }

  it('is left alone as long as it brings anything', async () => {
    server.way = first((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      let marks = 0;
      const more = setInterval(() => {
        marks += 1;
        const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(5 + marks) } } };
        response.write(`${JSON.stringify(bookmark)}\n`);
        if (marks < 60) return;
        clearInterval(more);
        response.write(`${JSON.stringify({ type: 'ADDED', object: pod('b', '99') })}\n`);
      }, 50);
      response.once('close', () => clearInterval(more));
    });
    await untilSeen(2000);
    assert.equal(watches().length, 1);
  });
});
