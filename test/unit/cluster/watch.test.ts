import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { refuse, send, startApiServer, type ApiServer, type Handler } from './api-server.ts';

let api: ApiServer;
let answer: Handler;

const pod = (name: string, version: string): object => ({ metadata: { name, resourceVersion: version } });
const list = (response: ServerResponse, version: string, ...names: string[]): void =>
  send(response, 200, {
    metadata: { resourceVersion: version },
    items: names.map((name) => pod(name, version)),
  });
const event = (response: ServerResponse, type: string, object: object): void => {
  response.write(`${JSON.stringify({ type, object })}\n`);
};

/** Watches pods, hands every set of names to `until` and stops when it says so. */
async function watchUntil(until: (names: string[], turn: number) => boolean): Promise<string[][]> {
  const cluster = await connectCluster({ kubeconfig: api.kubeconfig(), timeoutMs: 50_000 });
  const controller = new AbortController();
  const sets: string[][] = [];
  await cluster.watch(
    'Pod',
    { namespace: 'shop', labelSelector: 'app=web' },
    (objects) => {
      assert.ok(objects.every(({ kind }) => kind === 'Pod'));
      const names = objects.map(({ metadata }) => metadata.name).sort();
      sets.push(names);
      if (until(names, sets.length)) controller.abort();
    },
    controller.signal,
  );
  return sets;
}

const isWatch = (query: URLSearchParams): boolean => query.get('watch') === 'true';
const watches = (): string[] =>
  api.seen.filter(({ query }) => isWatch(query)).map(({ query }) => query.get('resourceVersion') ?? '');

describe('watching', () => {
  beforeEach(async () => {
    api = await startApiServer((request, response) => answer(request, response));
  });
  afterEach(() => api.stop());

  it('tells what there is, then every change, and ends at once when it is told to', async () => {
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, '5', 'a', 'b');
      event(response, 'ADDED', pod('c', '6'));
      event(response, 'MODIFIED', pod('a', '7'));
      event(response, 'DELETED', pod('b', '8'));
    };
    const sets = await watchUntil((_, turn) => turn === 4);
    assert.deepEqual(sets, [
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'c'],
    ]);
    assert.deepEqual(watches(), ['5']);
    assert.ok(api.seen.every(({ query }) => query.get('labelSelector') === 'app=web'));
  });

  it('resumes after a lost connection from where it was, bookmarks included', async () => {
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, '5', 'a');
      if (watches().length === 1) {
        event(response, 'ADDED', pod('b', '6'));
        event(response, 'BOOKMARK', { metadata: { resourceVersion: '9' } });
        response.write('{"type":"ADDED","obj', () => response.destroy());
        return;
      }
      event(response, 'ADDED', pod('c', '10'));
    };
    const sets = await watchUntil((names) => names.includes('c'));
    assert.deepEqual(sets.at(-1), ['a', 'b', 'c']);
    assert.deepEqual(watches(), ['5', '9']);
  });

  it('lists again when the history is gone (410), told by status or by event', async () => {
    let lists = 0;
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, `${++lists}0`, `turn-${lists}`);
      if (lists === 1) return refuse(response, 410, 'too old resource version');
      event(response, 'ERROR', { code: 410, metadata: {} });
      response.end();
    };
    const sets = await watchUntil((_, turn) => turn === 3);
    assert.deepEqual(sets, [['turn-1'], ['turn-2'], ['turn-3']]);
  });

  it('goes on while the server is away, and waits longer each time', async () => {
    const times: number[] = [];
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, '1', 'a');
      times.push(performance.now());
      if (times.length < 4) return refuse(response, 500, 'etcd is away');
      event(response, 'ADDED', pod('b', '2'));
    };
    await watchUntil((names) => names.includes('b'));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.equal(gaps.length, 3);
    assert.ok((gaps[2] ?? 0) > (gaps[0] ?? 0), String(gaps));
  });

  it('does not hide that watching is not allowed', async () => {
    answer = ({ query }, response) =>
      isWatch(query) ? refuse(response, 403, 'no') : list(response, '1', 'a');
    await assert.rejects(
      watchUntil(() => false),
      /may not watch pods in namespace shop/,
    );
  });
});
