/** The same command through kubectl and through the MCP server, on two objects that are alike: what becomes of them is compared. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { KubeObject, ObjectRef } from '../../src/domain/kubernetes.ts';
import type { Carried } from '../../src/domain/transport.ts';
import type { KubeClient } from '../../src/practice/client.ts';
import { configMaps, deployments, pods } from '../../src/practice/objects.ts';
import type { Execution } from '../../src/remediation/execute.ts';
import { carry } from '../../src/remediation/transports/carry.ts';
import type { McpServerSettings, TransportChoice } from '../../src/remediation/transports/session.ts';
import { freePorts } from './ports.ts';
import { startDaemon, waitFor, type Daemon } from './processes.ts';

/** Where commands are carried out. */
export interface TransportGround {
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly namespace: string;
}

/** What was announced, how it went and what it printed. */
export interface CarriedOut {
  readonly announced: Carried;
  readonly execution: Execution;
  readonly lines: readonly string[];
}

/** The native program of the npm package; undefined where it is not installed for this system. */
export function mcpServerProgram(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `kubernetes-mcp-server-${system}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/${name}${system === 'windows' ? '.exe' : ''}`);
  } catch {
    return undefined;
  }
}

/**
 * Starts the server as somebody else would, to be reached over HTTP.
 * @param log file for what it prints
 */
export async function startMcpServer(
  program: string,
  kubeconfig: string,
  log: string,
): Promise<{ readonly daemon: Daemon; readonly mcp: McpServerSettings }> {
  const [port = 0] = await freePorts(1);
  const daemon = await startDaemon({
    name: 'kubernetes-mcp-server',
    command: program,
    args: [
      ...['--kubeconfig', kubeconfig, '--toolsets', 'core'],
      ...['--bind-address', '127.0.0.1', '--port', String(port)],
    ],
    log,
  });
  await waitFor('it listens', () => listens(port), { timeoutMs: 60_000, until: daemon });
  return { daemon, mcp: { host: '127.0.0.1', port } };
}

/** Whether somebody takes connections there. */
function listens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

/** Carries a command out and keeps what was announced. */
export async function carryOut(
  ground: Pick<TransportGround, 'kubectl' | 'kubeconfig' | 'namespace'>,
  cluster: Cluster,
  how: { choice: TransportChoice; mcp: McpServerSettings },
  argv: readonly string[],
  more: {
    timeoutMs?: number;
    readyWithinMs?: number;
    signal?: AbortSignal;
    onAnnounced?: () => void | Promise<void>;
  } = {},
): Promise<CarriedOut> {
  const announced: Carried[] = [];
  const lines: string[] = [];
  const { timeoutMs = 120_000, readyWithinMs = 120_000, signal, onAnnounced } = more;
  const execution = await carry(
    {
      kubectl: ground.kubectl,
      kubeconfig: ground.kubeconfig,
      context: cluster.context,
      namespace: ground.namespace,
      argv,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
      onLine: (_, line) => lines.push(line),
    },
    {
      settings: how,
      cluster,
      readyWithinMs,
      announce: async (carried) => {
        announced.push(carried);
        await onAnnounced?.();
      },
    },
  );
  const [first, ...others] = announced;
  assert.ok(first !== undefined && others.length === 0, 'A command is announced once');
  return { announced: first, execution, lines };
}

interface Case {
  readonly what: string;
  readonly tool: string;
  readonly kind: 'Deployment' | 'Pod' | 'ConfigMap';
  argv(name: string): readonly string[];
}

/** Every kubectl command that goes to a tool, once. */
export const mappedCommands: readonly Case[] = [
  {
    what: 'scaling',
    tool: 'resources_scale',
    kind: 'Deployment',
    argv: (name) => ['kubectl', 'scale', `deployment/${name}`, '--replicas=3'],
  },
  {
    what: 'restarting a rollout',
    tool: 'resources_create_or_update',
    kind: 'Deployment',
    argv: (name) => ['kubectl', 'rollout', 'restart', `deployment/${name}`],
  },
  {
    what: 'setting an image',
    tool: 'resources_create_or_update',
    kind: 'Deployment',
    argv: (name) => [
      'kubectl',
      'set',
      'image',
      `deployment/${name}`,
      'app=docker.io/library/shop-cart:1.9.1',
    ],
  },
  {
    what: 'setting the image of an init container',
    tool: 'resources_create_or_update',
    kind: 'Deployment',
    argv: (name) => [
      'kubectl',
      'set',
      'image',
      `deployment/${name}`,
      'first=docker.io/library/shop-cart:1.9.1',
    ],
  },
  {
    what: 'setting resources',
    tool: 'resources_create_or_update',
    kind: 'Deployment',
    argv: (name) => [
      ...['kubectl', 'set', 'resources', `deployment/${name}`, '-c=app'],
      ...['--limits=memory=256Mi,cpu=200m', '--requests=memory=64Mi'],
    ],
  },
  {
    what: 'deleting a pod',
    tool: 'resources_delete',
    kind: 'Pod',
    argv: (name) => ['kubectl', 'delete', `pod/${name}`],
  },
  {
    what: 'deleting a ConfigMap',
    tool: 'resources_delete',
    kind: 'ConfigMap',
    argv: (name) => ['kubectl', 'delete', 'configmap', name],
  },
];

/** Makes two objects that are alike, does the same to both through either transport, and compares what becomes of them. */
export async function doesTheSame(
  ground: TransportGround,
  server: McpServerSettings,
  { kind, tool, argv }: Case,
): Promise<void> {
  const cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
  const unique = Math.random().toString(36).slice(2, 8);
  const became: (KubeObject | undefined)[] = [];
  for (const choice of ['kubectl', 'mcp'] as const) {
    const name = `${kind.toLowerCase()}-${choice}-${unique}`;
    await create(ground, kind, name);
    const { announced, execution } = await carryOut(ground, cluster, { choice, mcp: server }, argv(name));
    assert.deepEqual(announced, choice === 'mcp' ? { transport: 'mcp', tool } : { transport: 'kubectl' });
    assert.equal(execution.failure, undefined);
    assert.equal(execution.exitCode, 0);
    const ref: ObjectRef = { kind, namespace: ground.namespace, name };
    became.push(comparable(await cluster.get(ref)));
  }
  assert.deepEqual(became[1], became[0]);
}

/** What people and controllers see of an object, without what tells two objects apart. */
function comparable(object: KubeObject | undefined): KubeObject | undefined {
  if (object === undefined) return undefined;
  const { labels, annotations } = object.metadata;
  const spec = structuredClone(object['spec']);
  const restarted = spec?.template?.metadata?.annotations;
  if (restarted?.['kubectl.kubernetes.io/restartedAt'] !== undefined) {
    assert.ok(Date.parse(restarted['kubectl.kubernetes.io/restartedAt']) > 0);
    restarted['kubectl.kubernetes.io/restartedAt'] = '(now)';
  }
  const kept: Record<string, string> = { ...annotations };
  delete kept['deployment.kubernetes.io/revision'];
  return {
    kind: object.kind,
    metadata: { name: '', ...(labels ? { labels } : {}), annotations: kept },
    spec,
  };
}

async function create({ client, namespace }: TransportGround, kind: Case['kind'], name: string) {
  const metadata = { name, namespace };
  const labels = { app: 'web' };
  const container = {
    name: 'app',
    image: 'docker.io/library/shop-cart:1.9.0',
    env: [{ name: 'MODE', value: 'shop' }],
    resources: { limits: { memory: '128Mi' }, requests: { cpu: '10m' } },
  };
  const spec = { initContainers: [{ name: 'first', image: container.image }], containers: [container] };
  switch (kind) {
    case 'Deployment':
      return client.create(deployments, {
        metadata,
        spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      });
    case 'Pod':
      return client.create(pods, { metadata, spec });
    case 'ConfigMap':
      return client.create(configMaps, { metadata, data: { mode: 'shop' } });
  }
}

/** Signals the server that a session of this process has started: ends it without a chance to say so, or stops it as if it hung. */
export function signalServer(serverPath: string, signal: 'SIGKILL' | 'SIGSTOP'): void {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return (
          parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(serverPath)
        );
      } catch {
        // It ended in between.
        return false;
      }
    });
  assert.equal(children.length, 1);
  process.kill(Number(children[0]), signal);
}
