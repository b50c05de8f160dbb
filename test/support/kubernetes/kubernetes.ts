/** A real Kubernetes for tests, the best that this machine has. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entrypointScript, images } from '../../../src/practice/app.ts';
import { clientFromKubeconfig, type KubeClient } from '../../../src/practice/client.ts';
import type { PodSpec } from '../../../src/practice/objects.ts';
import type { Machines } from '../../../src/practice/scenarios/play.ts';
import { mustRun } from '../processes.ts';
import { scratchFolder, type Scratch } from '../scratch.ts';
import { ensureKubectl } from '../vscode/install.ts';
import { binaries, whyNoBinaries } from './binaries.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import type { Image } from './images.ts';
import { startMetrics } from './metrics.ts';
import { installNode, startNode, whyNoNode } from './node.ts';
import { onSimulatedNodes, startSimulatedNodes } from './simulated.ts';

export interface Kubernetes {
  /** Path of a kubeconfig (JSON) with an administrator's rights. */
  readonly kubeconfig: string;
  readonly context: string;
  /** An administrator's; closed with the cluster. */
  readonly client: KubeClient;
  /** Containers really run; false where every kubelet is simulated. */
  readonly real: boolean;
  /** The simulated nodes, where there are any. */
  readonly machines?: Machines;
  /** What puts pods onto those of them that may be stopped. */
  readonly placement?: Pick<PodSpec, 'nodeSelector' | 'tolerations'>;
  /** The control plane, where it is this run's own. */
  readonly controlPlane?: ControlPlane;
  close(): Promise<void>;
}

/** The practice application in a real container. */
const application: Image = {
  names: images,
  entrypoint: ['/entrypoint'],
  files: { '/entrypoint': entrypointScript },
};

/** Why there is no Kubernetes to test on; undefined where there is. */
export function whyNoKubernetes(): string | undefined {
  return ownCluster() === undefined ? whyNoBinaries() : undefined;
}

/** Installs what {@link startKubernetes} needs: files that run at once would do it at once. */
export async function installKubernetes(): Promise<void> {
  if (ownCluster() === undefined && whyNoNode(await binaries()) === undefined) await installNode();
}

/** The kubeconfig of a cluster of somebody's own, which can be used by one file at a time. */
export function ownCluster(): string | undefined {
  return process.env['ONCALL_TEST_KUBECONFIG'];
}

/** A cluster of somebody's own, in a kubeconfig of one file and one context. */
async function givenCluster(kubeconfig: string, scratch: Scratch): Promise<Kubernetes> {
  const kubectl = await ensureKubectl();
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json'];
  const text = await mustRun(kubectl, ['--kubeconfig', kubeconfig, ...view], { timeoutMs: 20_000 });
  const file = join(scratch.path, 'kubeconfig.json');
  await writeFile(file, text, { mode: 0o600 });
  const { 'current-context': context } = JSON.parse(text) as { 'current-context': string };
  const client = clientFromKubeconfig(text);
  return {
    ...{ kubeconfig: file, context, client, real: true },
    async close() {
      client.close();
      await scratch.remove();
    },
  };
}

/** Nodes for a control plane: a real one where this machine allows it, and simulated ones beside or instead of it. */
async function startNodes(controlPlane: ControlPlane, client: KubeClient, dir: string) {
  const reason = whyNoNode(controlPlane.programs);
  if (reason !== undefined) console.log(`The kubelets are simulated: ${reason}.`);
  const real = reason === undefined;
  const node = real ? await startNode(controlPlane, dir, [application]) : undefined;
  const simulator = await startSimulatedNodes(client, !real).catch(async (error: unknown) => {
    await node?.close();
    throw error;
  });
  return {
    ...{ real, machines: simulator, placement: onSimulatedNodes },
    async close() {
      await simulator.close();
      await node?.close();
    },
  };
}

/**
 * Starts a Kubernetes, or takes the one that ONCALL_TEST_KUBECONFIG names. About 30 s with a real node.
 * All state is in a temporary folder; `close` removes every trace.
 */
export async function startKubernetes(): Promise<Kubernetes> {
  const scratch = await scratchFolder('kubernetes');
  const given = ownCluster();
  if (given !== undefined) return givenCluster(given, scratch);
  const nodeDir = join(scratch.path, 'node');
  await mkdir(nodeDir);
  const controlPlane = await startControlPlane(scratch.path);
  const { kubeconfig, context } = controlPlane;
  const client = clientFromKubeconfig(await readFile(kubeconfig, 'utf8'));
  /** What stands on the control plane, the last one first. */
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.reverse()) await end();
    client.close();
    await controlPlane.close();
    await scratch.remove();
  };
  try {
    const { close: closeNodes, ...nodes } = await startNodes(controlPlane, client, nodeDir);
    closing.push(closeNodes);
    const metrics = await startMetrics(client);
    closing.push(() => metrics.close());
    return { ...{ kubeconfig, context, client, controlPlane, ...nodes }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
