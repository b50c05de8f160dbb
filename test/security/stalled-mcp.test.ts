/** What an MCP server does not answer keeps no step waiting. Over real sockets and pipes. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openMcp } from '../../src/remediation/transports/mcp.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { carryOut } from '../support/transported.ts';
import {
  json,
  silent,
  stalls,
  startUnwell,
  trickle,
  withLostSignals,
  type Asked,
  type UnwellServer,
  type Way,
} from '../support/unwell-server.ts';

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

const results: Readonly<Record<string, unknown>> = {
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
const messageOf = ({ body }: Asked) => JSON.parse(body) as Message;
const nameOf = ({ method, params }: Message) => params?.name ?? method;
const well: Way = (response, asked) => {
  if (asked.method !== 'POST') return void response.writeHead(204).end();
  const message = messageOf(asked);
  if (message.id === undefined) return void response.writeHead(202).end();
  json({ jsonrpc: '2.0', id: message.id, result: results[nameOf(message)] }, 200, {
    'mcp-session-id': 's1',
  })(response, asked);
};

const ways: Readonly<Record<string, Way>> = {
  ...stalls(),
  'opens a stream of events and says nothing':
    stalls('text/event-stream')['sends headers and never a body'] ?? silent,
  'streams comments for ever': trickle('text/event-stream', ': still here\n\n'),
  'streams other messages for ever': trickle(
    'text/event-stream',
    'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}\n\n',
  ),
  'answers with an error and never says which': (response) => {
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.flushHeaders();
  },
};

describe('An MCP server over HTTP that does not answer', () => {
  let scratch: Scratch;
  let cluster: FakeCluster;
  let server: UnwellServer;
  before(async () => {
    scratch = await scratchFolder('stalled-mcp');
    cluster = new FakeCluster({ kind: 'Namespace', metadata: { name: 'kube-system', uid: 'one' } });
    const program = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(join(scratch.path, 'ran'))}, 'x');\n`;
    await writeFile(join(scratch.path, 'kubectl'), program, { mode: 0o755 });
  });
  after(() => scratch.remove());
  beforeEach(async () => {
    server = await startUnwell(well);
    await writeFile(join(scratch.path, 'ran'), '');
  });
  afterEach(() => server.close());

  /** Answers well but for one message. */
  const but =
    (name: string, way: Way): Way =>
    (response, asked) =>
      (asked.method === 'POST' && nameOf(messageOf(asked)) === name ? way : well)(response, asked);

  const scale = (more: NonNullable<Parameters<typeof carryOut>[4]>) =>
    carryOut(
      { kubectl: join(scratch.path, 'kubectl'), kubeconfig: cluster.kubeconfig, namespace: 'shop' },
      cluster,
      { choice: 'mcp', mcp: { host: server.url } },
      ['kubectl', 'scale', 'deployment/cart', '--replicas=2'],
      more,
    );
  const ran = async () =>
    existsSync(join(scratch.path, 'ran')) ? (await readFile(join(scratch.path, 'ran'), 'utf8')).length : 0;
  const calls = () =>
    server.asked.filter((one) => one.method === 'POST' && nameOf(messageOf(one)) === 'resources_scale')
      .length;

  for (const [what, way] of Object.entries(ways)) {
    for (const when of ['initialize', 'notifications/initialized', 'tools/list', 'resources_get']) {
      // What follows the greeting is no request: whether its answer has a body is nobody's business.
      if (when === 'notifications/initialized' && way !== silent) continue;
      it(`is passed over for kubectl where it ${what} at ${when}`, async () => {
        server.way = but(when, way);
        const { announced, execution } = await withLostSignals(() => scale({ readyWithinMs: 300 }));
        assert.equal(announced.transport, 'kubectl');
        assert.match(announced.fallback ?? '', /not ready in time|HTTP status 500/);
        assert.equal(execution.exitCode, 0);
        assert.deepEqual([calls(), await ran()], [0, 1]);
      });
    }

    it(`leaves the outcome of a call unknown where it ${what}`, async () => {
      server.way = but('resources_scale', way);
      const { execution } = await withLostSignals(() => scale({ timeoutMs: 600 }));
      assert.equal(execution.failure?.nothingDone, undefined);
      assert.match(execution.failure?.message ?? '', /it may have taken effect/);
      assert.deepEqual([calls(), await ran()], [1, 0], 'it is not run again');
    });
  }

  it('does not hold up the step that is over by not taking leave', async () => {
    server.way = (response, asked) => (asked.method === 'DELETE' ? silent : well)(response, asked);
    const { execution } = await withLostSignals(() => scale({}));
    assert.equal(execution.exitCode, 0);
    assert.ok(server.asked.some(({ method }) => method === 'DELETE'));
  });
});

describe('An MCP server as a process that does not answer', () => {
  let scratch: Scratch;
  before(async () => {
    scratch = await scratchFolder('stalled-mcp-process');
  });
  after(() => scratch.remove());

  const program = (silentAt: string) => `#!${process.execPath}
const results = ${JSON.stringify(results)};
process.on('SIGTERM', () => undefined);
let text = '';
process.stdin.on('data', (chunk) => {
  text += chunk;
  const lines = text.split('\\n');
  text = lines.pop();
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line);
    const name = params?.name ?? method;
    if (id === undefined || name === ${JSON.stringify(silentAt)}) continue;
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[name] }) + '\\n');
  }
});
// It outlives no test, whatever becomes of it.
setTimeout(() => process.exit(1), 60_000);
`;

  async function open(silentAt: string, signal: AbortSignal) {
    const serverPath = join(scratch.path, `silent-at-${silentAt.replace(/\W/g, '-')}`);
    await writeFile(serverPath, program(silentAt), { mode: 0o755 });
    const kubectl = join(scratch.path, 'kubectl');
    const config = {
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [{ name: 'test', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'test', user: { token: 'abc' } }],
    };
    await writeFile(join(scratch.path, 'config'), JSON.stringify(config));
    const prints = `#!${process.execPath}\nprocess.stdout.write(${JSON.stringify(JSON.stringify(config))});\n`;
    await writeFile(kubectl, prints, { mode: 0o755 });
    const pinned = { kubectl, kubeconfig: join(scratch.path, 'config'), context: 'test', env: process.env };
    return openMcp({ serverPath }, pinned, signal);
  }

  for (const silentAt of ['initialize', 'tools/list']) {
    it(`is given up and ended where it is silent at ${silentAt}`, async () => {
      await assert.rejects(open(silentAt, AbortSignal.timeout(2000)), /does not work/);
    });
  }

  it('is given up where it is silent in the middle of a call, without a signal', async () => {
    const session = await open('resources_scale', new AbortController().signal);
    try {
      const work = session.call('resources_scale', {}, new AbortController().signal, 200);
      await assert.rejects(work, /It took longer than 0\.2 s|timed out/);
    } finally {
      await session.close();
    }
  });
});
