/** Both transports on a real API server, with the real kubectl and the real kubernetes-mcp-server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { connectCluster } from '../../src/cluster/connect.ts';
import { KubeClient } from '../../src/practice/client.ts';
import { configMaps, deployments, namespaces } from '../../src/practice/objects.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { startControlPlane } from '../support/kubernetes/control-plane.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import {
  carryOut,
  doesTheSame,
  mappedCommands,
  mcpServerProgram,
  signalServer,
  startMcpServer,
  type TransportGround,
} from '../support/transported.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

const namespace = 'transports-test';

describe('Both transports on a real Kubernetes', function () {
  this.timeout(300_000);
  const serverPath = mcpServerProgram() ?? '';
  const closing: (() => Promise<void>)[] = [];
  let ground: TransportGround;
  let scratch: Scratch;

  before(async function () {
    if (whyNoBinaries() !== undefined || serverPath === '') this.skip();
    scratch = await scratchFolder('transports');
    closing.push(() => scratch.remove());
    const controlPlane = await startControlPlane(scratch.path);
    closing.push(() => controlPlane.close());
    const { server, ca, token, kubeconfig } = controlPlane;
    const client = new KubeClient({ server, ca, token });
    closing.push(() => Promise.resolve(client.close()));
    await client.create(namespaces, { metadata: { name: namespace } });
    ground = { kubectl: await ensureKubectl(), kubeconfig, client, namespace };
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  const through = async (
    choice: 'kubectl' | 'mcp',
    argv: string,
    more: Parameters<typeof carryOut>[4] = {},
  ) =>
    carryOut(
      ground,
      await connectCluster({ kubeconfig: ground.kubeconfig }),
      { choice, mcp: { serverPath } },
      argv.split(' '),
      more,
    );

  /** A Deployment with one container, as it is now. */
  const deployment = async (name: string) => {
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const container = { name: 'app', image: 'docker.io/library/shop-cart:1.9.0' };
    const labels = { app: name };
    await ground.client.create(deployments, {
      metadata: { name, namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });
    return async () => (await cluster.get({ kind: 'Deployment', namespace, name }))?.spec;
  };

  for (const command of mappedCommands) {
    it(`${command.what} ends with the same object either way`, async () => {
      await doesTheSame(ground, { serverPath }, command);
    });
  }

  it('print the same object', async () => {
    const argv = `kubectl get namespace ${namespace} -o yaml`;
    const [kubectl, mcp] = [await through('kubectl', argv), await through('mcp', argv)];
    assert.deepEqual(mcp.announced, { transport: 'mcp', tool: 'resources_get' });
    assert.equal(mcp.execution.output, kubectl.execution.output);
  });

  it('keep a limit that the MCP server set when it restarts later: kubectl does that', async () => {
    const now = await deployment('kept');
    const limited = await through(
      'mcp',
      'kubectl set resources deployment/kept -c=app --limits=memory=256Mi',
    );
    assert.equal(limited.announced.tool, 'resources_create_or_update');
    const restarted = await through('mcp', 'kubectl rollout restart deployment/kept');
    assert.match(restarted.announced.fallback ?? '', /would be taken away/);
    const template = (await now())?.template;
    assert.ok(template.metadata.annotations['kubectl.kubernetes.io/restartedAt']);
    assert.equal(template.spec.containers[0].resources.limits.memory, '256Mi');
    // The way back sets the same field: it may go through the server again.
    const undone = await through('mcp', 'kubectl set resources deployment/kept -c=app --limits=memory=128Mi');
    assert.equal(undone.announced.tool, 'resources_create_or_update');
    assert.equal((await now())?.template.spec.containers[0].resources.limits.memory, '128Mi');
  });

  it('set what somebody else applied from the server side', async () => {
    const now = await deployment('theirs');
    const scaled = await through('mcp', 'kubectl scale deployment/theirs --replicas=2');
    assert.equal(scaled.execution.exitCode, 0, scaled.execution.output);
    const image = await through(
      'mcp',
      'kubectl set image deployment/theirs app=docker.io/library/shop-cart:2',
    );
    assert.equal(image.execution.exitCode, 0, image.execution.output);
    const again = await through(
      'kubectl',
      'kubectl set image deployment/theirs app=docker.io/library/shop-cart:3',
    );
    assert.equal(again.execution.exitCode, 0, again.execution.output);
    const spec = await now();
    assert.deepEqual(
      [spec?.replicas, spec?.template.spec.containers[0].image],
      [2, 'docker.io/library/shop-cart:3'],
    );
  });

  it('say the same of what the API server refuses', async () => {
    const now = await deployment('refused');
    for (const [argv, kind] of [
      ['kubectl scale deployment/none --replicas=2', 'not-found'],
      ['kubectl delete pod/none', 'not-found'],
      ['kubectl set image deployment/refused app=UPPER:case:twice', 'refused'],
    ] as const) {
      const [kubectl, mcp] = [await through('kubectl', argv), await through('mcp', argv)];
      assert.equal(mcp.announced.transport, 'mcp', argv);
      assert.equal(kubectl.execution.failure?.kind ?? 'none', mcp.execution.failure?.kind ?? 'none', argv);
      if (kubectl.execution.failure !== undefined) assert.equal(mcp.execution.failure?.kind, kind, argv);
    }
    assert.equal((await now())?.replicas, 1);
  });

  it('do nothing twice where the MCP server is killed midway', async () => {
    await ground.client.create(configMaps, { metadata: { name: 'kept', namespace }, data: {} });
    const { announced, execution } = await through('mcp', 'kubectl delete configmap/kept', {
      onAnnounced: () => signalServer(serverPath, 'SIGKILL'),
    });
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_delete' });
    assert.equal(execution.failure?.nothingDone, undefined);
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'kept' }));
  });

  it('end with the same object where the MCP server is reached over HTTP, and do nothing twice where it is killed midway', async () => {
    const log = join(scratch.path, 'mcp-server.log');
    const { daemon, mcp } = await startMcpServer(serverPath, ground.kubeconfig, log);
    closing.push(() => daemon.stop());
    for (const command of mappedCommands.slice(0, 2)) await doesTheSame(ground, mcp, command);
    await ground.client.create(configMaps, { metadata: { name: 'hung', namespace }, data: {} });
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const { announced, execution } = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp },
      ['kubectl', 'delete', 'configmap/hung'],
      { onAnnounced: () => void process.kill(daemon.pid, 'SIGKILL') },
    );
    assert.deepEqual(announced, { transport: 'mcp', tool: 'resources_delete' });
    assert.equal(execution.failure?.nothingDone, undefined);
    assert.ok(await cluster.get({ kind: 'ConfigMap', namespace, name: 'hung' }));
  });

  it('fall back to kubectl where there is no MCP server', async () => {
    await deployment('plain');
    const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
    const { announced, execution } = await carryOut(
      ground,
      cluster,
      { choice: 'mcp', mcp: { serverPath: '/nowhere/kubernetes-mcp-server' } },
      'kubectl scale deployment/plain --replicas=2'.split(' '),
    );
    assert.equal(announced.transport, 'kubectl');
    assert.match(announced.fallback ?? '', /There is no MCP server that can be run at/);
    assert.equal(execution.exitCode, 0);
  });
});
