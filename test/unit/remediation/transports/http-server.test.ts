import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FakeCluster } from '../../../support/fake-cluster.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';
import { carryOut } from '../../../support/transported.ts';

interface Asked {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}
/** How the stand-in answers a message; absent where it answers as a server does that is well. */
type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

const hang = () => undefined;
const page: Answer = (_, response) =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>\u001b[31mSign in</h1>');

describe('an MCP server that is reached over HTTP', function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let cluster: FakeCluster;
  let server: Server;
  let port: number;
  /** By method, or by the name of the tool that is called. */
  let answers: Record<string, Answer>;
  let asked: string[];

  beforeEach(async () => {
    scratch = await scratchFolder('http-server');
    cluster = new FakeCluster({ kind: 'Namespace', metadata: { name: 'kube-system', uid: 'one' } });
    const program = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(join(scratch.path, 'ran'))}, 'x');\n`;
    await writeFile(join(scratch.path, 'kubectl'), program, { mode: 0o755 });
    answers = {};
    asked = [];
    server = createServer((request, response) => void serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await scratch.remove();
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(204).end();
    const message = JSON.parse(await text(request)) as Asked;
    const what = message.params?.name ?? message.method;
    asked.push(what);
    const answer = answers[what] ?? well;
    answer(message, response, request);
  }

  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 's', version: '1' },
    },
    'tools/list': {
      tools: ['resources_get', 'resources_scale'].map((name) => ({ name, inputSchema: { type: 'object' } })),
    },
    resources_get: { content: [{ type: 'text', text: 'metadata:\n  uid: one\n' }] },
    resources_scale: { content: [{ type: 'text', text: 'scaled' }] },
  };
  const resultOf = ({ id, method, params }: Asked) =>
    JSON.stringify({ jsonrpc: '2.0', id, result: results[params?.name ?? method] });

  const well: Answer = (message, response) => {
    if (message.id === undefined) return void response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's1' });
    response.end(resultOf(message));
  };
  const events = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' });

  const scale = (more: NonNullable<Parameters<typeof carryOut>[4]> = {}) =>
    carryOut(
      { kubectl: join(scratch.path, 'kubectl'), kubeconfig: cluster.kubeconfig, namespace: 'shop' },
      cluster,
      { choice: 'mcp', mcp: { host: '127.0.0.1', port } },
      ['kubectl', 'scale', 'deployment/cart', '--replicas=2'],
      more,
    );
  /** How often kubectl ran the command. */
  const ran = async () =>
    existsSync(join(scratch.path, 'ran')) ? (await readFile(join(scratch.path, 'ran'), 'utf8')).length : 0;
  const calls = () => asked.filter((one) => one === 'resources_scale').length;

  it('carries a step out once, in whatever form it answers', async () => {
    answers['resources_scale'] = (message, response) => {
      events(response);
      response.write(': to keep the line open\r\n\r\nevent: message\r');
      response.write(
        '\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}\r\n\r\n',
      );
      const answer = resultOf(message);
      response.write(`data: ${answer.slice(0, 9)}`);
      response.end(`${answer.slice(9)}\n\n`);
    };
    const { announced, execution } = await scale();
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_scale' });
    assert.equal(execution.exitCode, 0);
    assert.deepEqual([calls(), await ran()], [1, 0]);
  });

  const before: Record<string, { answer: Answer; says: RegExp }> = {
    'takes the connection and never answers': { answer: hang, says: /^it was not ready in time: / },
    'answers with a web page': {
      answer: page,
      says: /It answers with text\/html, not with MCP: <h1>Sign in<\/h1>/,
    },
    'answers with an error of HTTP': {
      answer: (_, response) => void response.writeHead(502).end('bad gateway'),
      says: /It answers with HTTP status 502: bad gateway/,
    },
    'answers with JSON of another kind': {
      answer: (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
      says: /It answers what is no message of MCP: \{"ok":true\}/,
    },
    'sends one elsewhere': {
      answer: (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/mcp' }).end(),
      says: /It answers with HTTP status 307/,
    },
    'cuts the connection': {
      answer: (_, response) => void response.destroy(),
      says: /other side closed|ECONNRESET/,
    },
    'answers without an end': {
      answer: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('['.repeat(5 * 1024 * 1024));
      },
      says: /Its answer is larger than 4194304 bytes/,
    },
    'ends its answer before it says anything': {
      answer: (_, response) => void events(response).end(),
      says: /Its answer ended without a response/,
    },
  };
  for (const [what, { answer, says }] of Object.entries(before)) {
    for (const when of ['initialize', 'tools/list', 'resources_get']) {
      it(`is passed over for kubectl where it ${what} at ${when}`, async () => {
        answers[when] = answer;
        const { announced, execution } = await scale({ readyWithinMs: answer === hang ? 300 : 60_000 });
        assert.equal(announced.transport, 'kubectl');
        assert.match(announced.fallback ?? '', says);
        assert.equal(execution.exitCode, 0);
        assert.deepEqual([calls(), await ran()], [0, 1]);
      });
    }
  }

  it('is passed over for kubectl where it hangs once it has been greeted', async () => {
    answers['notifications/initialized'] = hang;
    const { announced } = await scale({ readyWithinMs: 300 });
    assert.match(announced.fallback ?? '', /^it was not ready in time: /);
    assert.deepEqual([calls(), await ran()], [0, 1]);
  });

  const midway: Record<string, { answer: Answer; says: RegExp }> = {
    'never answers': {
      answer: hang,
      says: /^There was no answer from .*resources_scale within 0\.5 s; it may/,
    },
    'cuts the connection': {
      answer: (_, response) => void response.destroy(),
      says: /broke off while .*resources_scale was running \(.+\); it may have taken effect/,
    },
    'dies in the middle of its answer': {
      answer: (_, response) => {
        events(response).write('data: {"jsonrpc":');
        response.destroy();
      },
      says: /broke off .*; it may have taken effect/,
    },
    'ends its answer before it says anything': {
      answer: (_, response) => void events(response).end(': goodbye\n\n'),
      says: /\(Its answer ended without a response\); it may have taken effect/,
    },
    'answers something else': {
      answer: (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"jsonrpc":"2.0","id":99,"result":{}}'),
      says: /\(Its answer ended without a response\); it may have taken effect/,
    },
    'answers with a web page': { answer: page, says: /\(It answers with text\/html, .*\); it may have/ },
  };
  for (const [what, { answer, says }] of Object.entries(midway)) {
    it(`is asked once where it ${what} in the middle of a call: the outcome is unknown`, async () => {
      answers['resources_scale'] = answer;
      const { announced, execution } = await scale({ timeoutMs: answer === hang ? 500 : 60_000 });
      assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_scale' });
      assert.equal(execution.failure?.nothingDone, undefined);
      assert.match(execution.failure?.message ?? '', says);
      assert.deepEqual([calls(), await ran()], [1, 0]);
    });
  }
});
