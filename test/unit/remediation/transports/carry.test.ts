import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { describeTransport } from '../../../../src/domain/transport.ts';
import { FakeCluster } from '../../../support/fake-cluster.ts';
import { waitFor } from '../../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';
import { carryOut, type CarriedOut } from '../../../support/transported.ts';

const standIn = new URL('../../../support/mcp-server.mjs', import.meta.url).href;
const allTools = [
  'resources_scale',
  'resources_delete',
  'resources_get',
  'resources_create_or_update',
  'pods_log',
];

const patience = { timeoutMs: 60_000, everyMs: 20 };

interface Line {
  readonly started?: readonly string[];
  readonly env?: Record<string, string>;
  readonly modes?: readonly number[];
  readonly called?: string;
  readonly arguments?: Record<string, unknown>;
}

describe('carrying a command out', function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let cluster: FakeCluster;

  beforeEach(async () => {
    scratch = await scratchFolder('carry');
    cluster = new FakeCluster();
    const view = { apiVersion: 'v1', kind: 'Config', users: [{ name: 'ada', user: { tokenFile: 'token' } }] };
    const program = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
if (process.argv.includes('view')) console.log(${JSON.stringify(JSON.stringify(view))});
else { appendFileSync(${JSON.stringify(path('ran'))}, process.argv.slice(2).join(' ') + '\\n'); console.log('by kubectl'); }
`;
    await writeFile(path('kubectl'), program, { mode: 0o755 });
    await server('server', allTools);
  });
  afterEach(() => scratch.remove());

  const path = (name: string) => join(scratch.path, name);

  /** Writes a program that serves the tools. */
  const server = (name: string, tools: readonly string[]) =>
    writeFile(
      path(name),
      `#!${process.execPath}\nimport(${JSON.stringify(standIn)}).then(({ serve }) => serve(${JSON.stringify(path('calls'))}, ${JSON.stringify(tools)}));\n`,
      { mode: 0o755 },
    );

  const scale = (name: string) => ['kubectl', 'scale', `deployment/${name}`, '--replicas=2'];

  const through = (
    argv: readonly string[],
    { program = 'server', ...more }: { program?: string } & NonNullable<Parameters<typeof carryOut>[4]> = {},
  ): Promise<CarriedOut> =>
    carryOut(
      { kubectl: path('kubectl'), kubeconfig: cluster.kubeconfig, namespace: 'shop' },
      cluster,
      { choice: 'mcp', mcp: { serverPath: path(program) } },
      argv,
      more,
    );

  const lines = async (): Promise<Line[]> =>
    existsSync(path('calls'))
      ? (await readFile(path('calls'), 'utf8'))
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : [];
  const calls = async () => (await lines()).filter(({ called }) => called !== undefined);
  /** How often kubectl ran the command. */
  const ran = async () =>
    existsSync(path('ran')) ? (await readFile(path('ran'), 'utf8')).trim().split('\n').length : 0;

  it('sends one call, announced with its tool before', async () => {
    let sent = -1;
    const {
      announced,
      execution,
      lines: printed,
    } = await through(scale('fine'), {
      onAnnounced: async () => void (sent = (await calls()).length),
    });
    assert.equal(sent, 0);
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_scale' });
    assert.deepEqual(await calls(), [
      {
        called: 'resources_scale',
        arguments: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fine', namespace: 'shop', scale: 2 },
      },
    ]);
    assert.deepEqual(
      [execution.exitCode, execution.output, printed],
      [0, 'resources_scale: done\n', ['resources_scale: done']],
    );
    assert.equal(await ran(), 0);
  });

  it('gives the server the pinned context in a private file that goes with it, and a cleaned environment', async () => {
    process.env['ONCALL_TEST_SECRET'] = 'not for servers';
    try {
      await through(scale('fine'));
    } finally {
      delete process.env['ONCALL_TEST_SECRET'];
    }
    const [start] = await lines();
    assert.deepEqual(start?.modes, [0o600, 0o700]);
    assert.equal(start?.env?.['ONCALL_TEST_SECRET'], undefined);
    assert.equal(start?.env?.['KUBECONFIG'], undefined);
    const [flag, kubeconfig = '', ...rest] = start?.started ?? [];
    assert.deepEqual([flag, ...rest], ['--kubeconfig', '--disable-multi-cluster', '--toolsets', 'core']);
    assert.ok(kubeconfig.startsWith(join(tmpdir(), 'oncall-mcp-')));
    assert.ok(dirname(kubeconfig).includes(`-${process.pid}-`));
    assert.equal(existsSync(kubeconfig), false);
  });

  it('leaves to kubectl what no tool does exactly, and says so', async () => {
    const { announced, execution } = await through(['kubectl', 'rollout', 'undo', 'deployment/fine']);
    assert.deepEqual(announced, { transport: 'kubectl', fallback: 'no tool of it does exactly this' });
    assert.equal(
      describeTransport(announced),
      'kubectl, not the MCP server (no tool of it does exactly this)',
    );
    assert.equal(execution.output, 'by kubectl\n');
    assert.deepEqual(await lines(), []);
  });

  it('falls back to kubectl where the server is missing, breaks down at its start or lacks the tool', async () => {
    await writeFile(
      path('broken'),
      `#!${process.execPath}\nconsole.error('panic: no luck'); process.exit(2);\n`,
      { mode: 0o755 },
    );
    await server('poor', ['resources_get']);
    const why = [];
    for (const program of ['nowhere', 'broken', 'poor'])
      why.push((await through(scale('fine'), { program })).announced.fallback);
    assert.match(why[0] ?? '', /^There is no MCP server that can be run at .*nowhere.*npm install -g/);
    assert.match(why[1] ?? '', /broken does not work: panic: no luck\. .*"oncall\.mcp\.\*"/);
    assert.match(why[2] ?? '', /does not offer the tool resources_scale/);
    assert.equal(await ran(), 3);
    assert.deepEqual(await calls(), []);
  });

  it('falls back to kubectl where the server does not get ready in time', async () => {
    await writeFile(path('silent'), `#!${process.execPath}\nprocess.stdin.resume();\n`, { mode: 0o755 });
    const { announced } = await through(scale('fine'), { program: 'silent', readyWithinMs: 1500 });
    assert.match(announced.fallback ?? '', /^it was not ready in time: /);
    assert.equal(await ran(), 1);
  });

  it('falls back for a deed on an object that is not there, and never makes it', async () => {
    const { announced } = await through(['kubectl', 'rollout', 'restart', 'deployment/gone']);
    assert.deepEqual(announced, { transport: 'kubectl', fallback: 'the object is not there' });
    assert.deepEqual(await calls(), []);
  });

  it('explains what the tool calls an error', async () => {
    const { execution } = await through(scale('error'));
    assert.equal(execution.exitCode, 1);
    assert.equal(execution.failure?.kind, 'forbidden');
    assert.match(execution.output, /cannot update resource/);
    const conflict = await through(scale('conflict'));
    assert.equal(conflict.execution.failure?.kind, 'conflict');
    const refused = await through(scale('refused'));
    assert.equal(refused.execution.failure?.kind, 'refused');
    assert.match(refused.execution.failure?.next ?? '', /^Nothing was changed/);
    for (const one of [execution, conflict.execution, refused.execution])
      assert.equal(one.failure?.nothingDone, true);
    assert.equal(await ran(), 0);
  });

  it('scales although a controller writes in between, and gives up where one does so all the time', async () => {
    const overtaken = await through(scale('overtaken'));
    assert.deepEqual([overtaken.execution.exitCode, overtaken.execution.failure], [0, undefined]);
    assert.equal((await calls()).length, 2);
    assert.deepEqual(overtaken.lines, ['resources_scale: done']);
    const { execution } = await through(scale('conflict'));
    assert.equal(execution.failure?.kind, 'conflict');
    assert.equal((await calls()).length, 2 + 5);
    assert.equal(await ran(), 0);
  });

  it('sets an image although a controller writes in between, but not on an object that took the place of the other', async () => {
    const deployment = (resourceVersion: string, uid = 'one'): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'overtaken', namespace: 'shop', uid, resourceVersion },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'cart:1' }] } } },
    });
    const setImage = (next: KubeObject) => {
      cluster.put(deployment('1'));
      return through(['kubectl', 'set', 'image', 'deployment/overtaken', 'app=cart:2'], {
        onAnnounced: () => cluster.put(next),
      });
    };
    assert.equal((await setImage(deployment('2'))).execution.exitCode, 0);
    const sent = (await calls()).map(({ arguments: { resource } = {} }) => JSON.parse(String(resource)));
    assert.deepEqual(
      sent.map(({ metadata }) => metadata.resourceVersion),
      ['1', '2'],
    );
    assert.equal((await setImage(deployment('2', 'another'))).execution.failure?.kind, 'conflict');
    assert.equal((await calls()).length, 3);
    assert.equal(await ran(), 0);
  });

  it('deletes nothing a second time where somebody wrote in between', async () => {
    const { execution } = await through(['kubectl', 'delete', 'configmap/conflict']);
    assert.equal(execution.failure?.kind, 'conflict');
    assert.equal((await calls()).length, 1);
  });

  it('runs nothing again where the server dies midway: the outcome is unknown', async () => {
    const { execution } = await through(scale('die'));
    assert.equal(execution.exitCode, -1);
    assert.equal(execution.failure?.nothingDone, undefined);
    assert.match(
      execution.failure?.message ?? '',
      /broke off while .*resources_scale was running \(panic: out of luck\); it may have taken effect/,
    );
    assert.equal((await calls()).length, 1);
    assert.equal(await ran(), 0);
  });

  it('gives up on a server that hangs, and runs nothing again', async () => {
    const { execution } = await through(scale('hang'), { timeoutMs: 500 });
    assert.equal(execution.failure?.kind, 'timeout');
    assert.equal(execution.failure?.nothingDone, undefined);
    assert.equal(await ran(), 0);
  });

  it('is cancelled while a call is under way, and leaves no server behind', async () => {
    const stop = new AbortController();
    const going = through(scale('hang'), { signal: stop.signal });
    await waitFor('the call is under way', async () => (await calls())[0], patience);
    stop.abort();
    const { execution } = await going;
    assert.equal(execution.failure?.kind, 'cancelled');
    assert.match(execution.failure?.message ?? '', /may have taken effect/);
    assert.equal(await ran(), 0);
    const kubeconfigs = (await readdir(tmpdir())).filter((name) => name.startsWith('oncall-mcp-'));
    const mine = (await lines())[0]?.started?.[1] ?? '';
    assert.ok(!kubeconfigs.some((name) => mine.includes(name)));
  });

  it('starts nothing once it was cancelled', async () => {
    const { execution } = await through(scale('fine'), { signal: AbortSignal.abort() });
    assert.equal(execution.failure?.kind, 'cancelled');
    assert.deepEqual([await ran(), await calls()], [0, []]);
  });

  it('keeps output plain, redacted and bounded', async () => {
    const argv = ['kubectl', 'logs', 'pod/secret', '-c', 'app', '--tail=5'];
    const { execution, lines: printed } = await through(argv);
    assert.equal(execution.exitCode, 0);
    assert.equal(execution.truncated, true);
    assert.ok(Buffer.byteLength(execution.output) <= 64 * 1024);
    assert.ok(!printed.join('\n').includes('hunter2'));
    assert.ok(!execution.output.includes('\u001b'));
  });

  it('waits, as kubectl does, until what was deleted is gone', async () => {
    const pod: KubeObject = { kind: 'Pod', metadata: { name: 'fine', namespace: 'shop', uid: 'p1' } };
    cluster.put(pod);
    const going = through(['kubectl', 'delete', 'pod/fine']);
    await waitFor('it watches the pod', () => cluster.watches || undefined, patience);
    assert.equal((await calls()).length, 1);
    cluster.put({ ...pod, metadata: { ...pod.metadata, uid: 'p2' } });
    assert.equal((await going).execution.exitCode, 0);
  });
});
