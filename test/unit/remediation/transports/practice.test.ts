import assert from 'node:assert/strict';
import { join } from 'node:path';
import { connectCluster } from '../../../../src/cluster/connect.ts';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { configMaps, namespaces, pods } from '../../../../src/practice/objects.ts';
import { startPractice, type Practice } from '../../../../src/practice/practice.ts';
import type { McpServerSettings } from '../../../../src/remediation/transports/session.ts';
import { FakeCluster } from '../../../support/fake-cluster.ts';
import { waitFor, type Daemon } from '../../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';
import {
  carryOut,
  doesTheSame,
  mappedCommands,
  mcpServerProgram,
  signalServer,
  startMcpServer,
  type TransportGround,
} from '../../../support/transported.ts';
import { ensureKubectl } from '../../../support/vscode/install.ts';

describe('the real MCP server on the practice cluster', function () {
  this.timeout(300_000);
  const serverPath = mcpServerProgram();
  let scratch: Scratch;
  let practice: Practice;
  let ground: TransportGround;

  before(async function () {
    if (serverPath === undefined) return this.skip();
    scratch = await scratchFolder('transports');
    practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
    const namespace = 'transports';
    await practice.client.create(namespaces, { metadata: { name: namespace } });
    ground = {
      kubectl: await ensureKubectl(),
      kubeconfig: practice.kubernetes.kubeconfig,
      client: practice.client,
      namespace,
    };
  });
  after(async () => {
    await practice?.close();
    await scratch?.remove();
  });

  for (const command of mappedCommands) {
    it(`${command.what} ends with the same object as kubectl`, async () => {
      await doesTheSame(ground, { serverPath: serverPath ?? '' }, command);
    });
  }

  it('prints the same object as kubectl', async () => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const argv = ['kubectl', 'get', 'namespace', ground.namespace, '-o', 'yaml'];
    const [kubectl, mcp] = [
      await carryOut(ground, cluster, { choice: 'kubectl', mcp: {} }, argv),
      await carryOut(ground, cluster, { choice: 'mcp', mcp: { serverPath: serverPath ?? '' } }, argv),
    ];
    assert.deepEqual(mcp.announced, { transport: 'mcp', tool: 'resources_get' });
    assert.equal(mcp.execution.output, kubectl.execution.output);
  });

  it('prints the lines of a log that kubectl prints', async () => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const { client, namespace } = ground;
    await client.create(pods, {
      metadata: { name: 'logged', namespace },
      spec: { containers: [{ name: 'app', image: 'docker.io/library/shop-cart:1.9.0' }] },
    });
    const argv = ['kubectl', 'logs', 'pod/logged', '-c', 'app', '--tail=50'];
    const kubectl = await waitFor(
      'the container has said something',
      async () => {
        const { execution } = await carryOut(ground, cluster, { choice: 'kubectl', mcp: {} }, argv);
        return execution.exitCode === 0 && execution.output !== '' ? execution : undefined;
      },
      { timeoutMs: 120_000 },
    );
    const mcp = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp: { serverPath: serverPath ?? '' } },
      argv,
    );
    assert.deepEqual(mcp.announced, { transport: 'mcp', tool: 'pods_log' });
    const last = kubectl.output.trimEnd().split('\n').at(-1);
    assert.ok(mcp.lines.includes(last ?? ''));
  });

  it('explains a refusal in the words of kubectl, and runs nothing again', async () => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const argv = ['kubectl', 'scale', 'deployment/gone', '--replicas=2'];
    const { announced, execution } = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp: { serverPath: serverPath ?? '' } },
      argv,
    );
    assert.equal(announced.transport, 'mcp');
    assert.equal(execution.exitCode, 1);
    assert.equal(execution.failure?.kind, 'not-found');
    assert.match(execution.failure?.message ?? '', /deployments\.apps "gone" not found/);
  });

  it('leaves everything as it is where the server is killed midway, and says that this is not known', async () => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const { client, namespace } = ground;
    await client.create(configMaps, { metadata: { name: 'kept', namespace }, data: {} });
    const { announced, execution } = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp: { serverPath: serverPath ?? '' } },
      ['kubectl', 'delete', 'configmap/kept'],
      { onAnnounced: () => signalServer(serverPath ?? '', 'SIGKILL') },
    );
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_delete' });
    assert.equal(execution.failure?.nothingDone, undefined);
    assert.match(execution.failure?.message ?? '', /it may have taken effect/);
    // kubectl would have deleted it.
    assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'kept' }));
  });

  it('gives up on a server that hangs in the middle of a call', async () => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const { client, namespace } = ground;
    await client.create(configMaps, { metadata: { name: 'waiting', namespace }, data: {} });
    const { announced, execution } = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp: { serverPath: serverPath ?? '' } },
      ['kubectl', 'delete', 'configmap/waiting'],
      { onAnnounced: () => signalServer(serverPath ?? '', 'SIGSTOP'), timeoutMs: 2000 },
    );
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_delete' });
    assert.deepEqual([execution.failure?.kind, execution.failure?.nothingDone], ['timeout', undefined]);
    assert.match(
      execution.failure?.message ?? '',
      /no answer from .*resources_delete within 2 s; it may have/,
    );
    assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'waiting' }));
    assert.throws(() => signalServer(serverPath ?? '', 'SIGKILL'), 'The server is gone');
  });

  describe('started by somebody else', () => {
    let server: Daemon;
    let mcp: McpServerSettings;

    before(async () => {
      ({ daemon: server, mcp } = await startMcpServer(
        serverPath ?? '',
        ground.kubeconfig,
        join(scratch.path, 'mcp.log'),
      ));
    });
    after(() => server?.stop());

    it('is used where it reaches the pinned cluster', async () => {
      const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
      const argv = ['kubectl', 'get', 'namespace', ground.namespace, '-o', 'yaml'];
      for (const choice of ['mcp', 'auto'] as const) {
        const { announced, execution } = await carryOut(ground, cluster, { choice, mcp }, argv);
        assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_get' });
        assert.equal(execution.exitCode, 0);
      }
    });

    it('is not used where it reaches another cluster, or where that cannot be told', async () => {
      const argv = ['kubectl', 'get', 'namespace', ground.namespace, '-o', 'yaml'];
      const place = { ...ground, kubeconfig: ground.kubeconfig };
      const namespace = (uid: string): KubeObject => ({
        kind: 'Namespace',
        metadata: { name: 'kube-system', uid },
      });
      const other = await carryOut(
        place,
        new FakeCluster(namespace('another')),
        { choice: 'mcp', mcp },
        argv,
      );
      assert.match(other.announced.fallback ?? '', /reaches another cluster than the pinned context/);
      const unknown = await carryOut(place, new FakeCluster(), { choice: 'mcp', mcp }, argv);
      assert.match(
        unknown.announced.fallback ?? '',
        /cannot be told whether .* cannot be read in the pinned context/,
      );
      const nobody = await carryOut(
        place,
        new FakeCluster(),
        { choice: 'mcp', mcp: { host: '127.0.0.1', port: 9 } },
        argv,
      );
      assert.match(nobody.announced.fallback ?? '', /No MCP server answers at http:\/\/127\.0\.0\.1:9\/mcp/);
    });

    it('is left to itself while it hangs, and used again once it goes on', async () => {
      const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
      const argv = ['kubectl', 'get', 'namespace', ground.namespace, '-o', 'yaml'];
      process.kill(server.pid, 'SIGSTOP');
      const hung = await carryOut(ground, cluster, { choice: 'mcp', mcp }, argv, { readyWithinMs: 1500 });
      process.kill(server.pid, 'SIGCONT');
      assert.equal(hung.announced.transport, 'kubectl');
      assert.match(hung.announced.fallback ?? '', /^it was not ready in time: No MCP server answers at /);
      assert.equal(hung.execution.exitCode, 0);
      const again = await carryOut(ground, cluster, { choice: 'mcp', mcp }, argv);
      assert.equal(again.announced.transport, 'mcp');
    });

    it('leaves the outcome of a call open where it hangs midway, and nothing is run again', async () => {
      const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
      const { client, namespace } = ground;
      await client.create(configMaps, { metadata: { name: 'hung', namespace }, data: {} });
      const { announced, execution } = await carryOut(
        ground,
        cluster,
        { choice: 'mcp', mcp },
        ['kubectl', 'delete', 'configmap/hung'],
        { onAnnounced: () => void process.kill(server.pid, 'SIGSTOP'), timeoutMs: 1500 },
      );
      assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_delete' });
      assert.deepEqual([execution.failure?.kind, execution.failure?.nothingDone], ['timeout', undefined]);
      assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'hung' }));
      process.kill(server.pid, 'SIGCONT');
    });

    it('leaves the outcome of a call open where it is killed midway; from then on kubectl does it', async () => {
      const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
      const { client, namespace } = ground;
      const argv = ['kubectl', 'delete', 'configmap/left'];
      await client.create(configMaps, { metadata: { name: 'left', namespace }, data: {} });
      const killed = await carryOut(ground, cluster, { choice: 'mcp', mcp }, argv, {
        onAnnounced: async () => {
          process.kill(server.pid, 'SIGKILL');
          await server.ended;
        },
      });
      assert.deepEqual(killed.announced, { transport: 'mcp', tool: 'resources_delete' });
      assert.equal(killed.execution.failure?.nothingDone, undefined);
      assert.match(killed.execution.failure?.message ?? '', /broke off .* it may have taken effect/);
      assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'left' }));
      const next = await carryOut(ground, cluster, { choice: 'mcp', mcp }, argv);
      assert.match(next.announced.fallback ?? '', /No MCP server answers at .*ECONNREFUSED/);
      assert.equal(await cluster.get({ kind: 'ConfigMap', namespace, name: 'left' }), undefined);
    });
  });
});
