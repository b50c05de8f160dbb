import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { verify, type VerificationResult } from '../../../src/remediation/verify.ts';
import { refuse, send, startApiServer, type ApiServer, type Handler } from '../cluster/api-server.ts';
import { deployment } from './objects.ts';

let api: ApiServer;
let answer: Handler;

const target = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const isWatch = (query: URLSearchParams): boolean => query.get('watch') === 'true';
const at = (resourceVersion: string, ready: number) =>
  deployment(2, { readyReplicas: ready }, { resourceVersion });

function list(response: ServerResponse, version: string, ...items: object[]): void {
  send(response, 200, { metadata: { resourceVersion: version }, items });
}

/** Verifies the rollout over real connections; pods are none. */
async function verified(progress: string[]): Promise<VerificationResult> {
  const cluster = await connectCluster({ kubeconfig: api.kubeconfig(), timeoutMs: 50_000 });
  return verify({
    cluster,
    verification: { type: 'rollout', target },
    before: [at('1', 0)],
    timeoutSeconds: 60,
    settleSeconds: 0.01,
    signal: new AbortController().signal,
    onProgress: (message) => progress.push(message),
    findingPresent: () => Promise.resolve(false),
  });
}

/** What the watches of the Deployment asked to go on from. */
const resumedFrom = (): string[] =>
  api.seen
    .filter(({ path, query }) => path.endsWith('/deployments') && isWatch(query))
    .map(({ query }) => query.get('resourceVersion') ?? '');

describe('a verification over a bad connection', () => {
  beforeEach(async () => {
    api = await startApiServer((request, response) => {
      if (request.path.endsWith('/deployments')) return answer(request, response);
      if (!isWatch(request.query)) list(response, '1');
    });
  });
  afterEach(() => api.stop());

  it('goes on where it was after the server cut the watch', async () => {
    const progress: string[] = [];
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, '5', at('5', 0));
      const turn = resumedFrom().length;
      const event = JSON.stringify({ type: 'MODIFIED', object: at(`${5 + turn}`, turn) });
      // The second event is cut off in its middle: it must come again.
      if (turn === 1) response.write(`${event}\n${event.slice(0, 40)}`, () => response.destroy());
      else response.write(`${event}\n`);
    };
    const result = await verified(progress);
    assert.equal(result.outcome, 'gone', result.message);
    assert.deepEqual(resumedFrom(), ['5', '6']);
    assert.deepEqual(progress.slice(0, 3), [
      'reading the objects',
      '0 of 2 replicas ready',
      '1 of 2 replicas ready',
    ]);
  });

  it('reads anew when the history it would go on from is gone (410)', async () => {
    let lists = 0;
    answer = ({ query }, response) => {
      if (!isWatch(query)) return list(response, `${++lists}0`, at(`${lists}0`, Math.min(lists - 1, 2)));
      if (lists === 1) return refuse(response, 410, 'too old resource version');
      if (lists === 2) {
        response.end(`${JSON.stringify({ type: 'ERROR', object: { code: 410, metadata: {} } })}\n`);
        return;
      }
      response.writeHead(200).flushHeaders();
    };
    const result = await verified([]);
    assert.equal(result.outcome, 'gone', result.message);
    assert.deepEqual(resumedFrom(), ['10', '20', '30']);
  });
});
