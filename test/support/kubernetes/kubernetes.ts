/** A real Kubernetes for tests, the best that this machine has. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entrypointScript, images } from '../../../src/practice/app.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import { startNodeSimulator } from '../../../src/practice/node/simulator.ts';
import { mustRun } from '../processes.ts';
import { scratchFolder, type Scratch } from '../scratch.ts';
import { ensureKubectl } from '../vscode/install.ts';
import { whyNoBinaries } from './binaries.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import type { Image } from './images.ts';
import { startNode, whyNoNode } from './node.ts';

export interface Kubernetes {
  /** Path of a kubeconfig (JSON) with an administrator's rights. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Containers really run; false with simulated kubelets. */
  readonly real: boolean;
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
  return process.env['ONCALL_TEST_KUBECONFIG'] === undefined ? whyNoBinaries() : undefined;
}

/** A cluster of somebody's own, in a kubeconfig of one file and one context. */
async function givenCluster(kubeconfig: string, scratch: Scratch): Promise<Kubernetes> {
  const kubectl = await ensureKubectl();
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json'];
  const text = await mustRun(kubectl, ['--kubeconfig', kubeconfig, ...view], { timeoutMs: 20_000 });
  const file = join(scratch.path, 'kubeconfig.json');
  await writeFile(file, text, { mode: 0o600 });
  const { 'current-context': context } = JSON.parse(text) as { 'current-context': string };
  return { kubeconfig: file, context, real: true, close: () => scratch.remove() };
}

/** Nodes for a control plane: a real one where this machine allows it, simulated ones otherwise. */
async function startNodes(controlPlane: ControlPlane, dir: string) {
  const reason = whyNoNode(controlPlane.programs);
  if (reason === undefined) return { real: true, ...(await startNode(controlPlane, dir, [application])) };
  console.log(`The kubelets are simulated: ${reason}.`);
  const { server, ca, token } = controlPlane;
  const client = new KubeClient({ server, ca, token });
  const simulator = await startNodeSimulator({ client, nodes: [{ name: 'node-1' }, { name: 'node-2' }] });
  return { real: false, close: () => simulator.close() };
}

/**
 * Starts a Kubernetes, or takes the one that ONCALL_TEST_KUBECONFIG names. About 30 s with a real node.
 * All state is in a temporary folder; `close` removes every trace.
 */
export async function startKubernetes(): Promise<Kubernetes> {
  const scratch = await scratchFolder('kubernetes');
  const given = process.env['ONCALL_TEST_KUBECONFIG'];
  if (given !== undefined) return givenCluster(given, scratch);
  const nodeDir = join(scratch.path, 'node');
  await mkdir(nodeDir);
  const controlPlane = await startControlPlane(scratch.path);
  try {
    const nodes = await startNodes(controlPlane, nodeDir);
    return {
      kubeconfig: controlPlane.kubeconfig,
      context: controlPlane.context,
      real: nodes.real,
      controlPlane,
      async close() {
        await nodes.close();
        await controlPlane.close();
        await scratch.remove();
      },
    };
  } catch (error) {
    await controlPlane.close();
    await scratch.remove();
    throw error;
  }
}
