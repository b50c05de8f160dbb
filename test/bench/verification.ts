/** The time from "the cluster is healthy" to our "verified", less the settle window, against `kubectl rollout status` on the same object. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { findingPresent } from '../../src/diagnosis/finding-present.ts';
import { KubeClient } from '../../src/practice/client.ts';
import { verify } from '../../src/remediation/verify.ts';
import type { Measured } from '../support/measured.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { deploy, target, turn } from './verification/rollout.ts';

const rounds = 20;
const warmUp = 3;
const goal = 1;
const settleSeconds = 1.5;
/** How long both sides get to open their watch before anything changes. */
const quietMs = 150;

interface Server {
  readonly url: string;
  readonly caCertificate: string;
  readonly token: string;
  readonly kubeconfig: string;
}

/** Rounds that alternate, so that what else the machine does meets both sides alike; of each side the median. */
export async function rows(): Promise<Measured[]> {
  const scratch = await scratchFolder('bench-verification');
  const worker = new Worker(new URL('./verification/server.ts', import.meta.url), {
    workerData: { directory: scratch.path },
  });
  try {
    const [server] = (await once(worker, 'message')) as [Server];
    const client = new KubeClient({ server: server.url, ca: server.caCertificate, token: server.token });
    const cluster = await connectCluster({ kubeconfig: server.kubeconfig });
    const kubectl = await ensureKubectl();
    await deploy(client);
    const times: Record<'ours' | 'kubectl', number[]> = { ours: [], kubectl: [] };
    for (let round = -warmUp; round < rounds; round++) {
      const ours = (await timed(client, (ready) => verified(cluster, ready))) - settleSeconds * 1000;
      const theirs = await timed(client, (ready) => rolledOut(kubectl, server.kubeconfig, ready));
      if (round < 0) continue;
      times.ours.push(ours);
      times.kubectl.push(theirs);
    }
    client.close();
    const [ours, theirs] = [median(times.ours), median(times.kubectl)];
    const ratio = ours / theirs;
    return [
      {
        name: 'from "the cluster is healthy" to "verified", against kubectl rollout status',
        value: `${ratio.toFixed(2)} (${ours.toFixed(1)} ms, ${theirs.toFixed(1)} ms)`,
        goal: `<= ${goal}`,
        met: ratio <= goal,
      },
    ];
  } finally {
    await worker.terminate();
    await scratch.remove();
  }
}

/**
 * Milliseconds from the change that makes the Deployment healthy to the end of a wait that began before it.
 * @param wait calls `ready` once it has seen that the Deployment is not healthy
 */
async function timed(client: KubeClient, wait: (ready: () => void) => Promise<void>): Promise<number> {
  await turn(client, false);
  const seen = new AbortController();
  const over = wait(() => seen.abort());
  await Promise.race([once(seen.signal, 'abort'), over]);
  await delay(quietMs);
  const start = performance.now();
  await turn(client, true);
  await over;
  return performance.now() - start;
}

/** Our verification, whole: the condition, the finding, and both again at the end of the settle window. */
async function verified(cluster: Cluster, ready: () => void): Promise<void> {
  const { signal } = new AbortController();
  const result = await verify({
    cluster,
    verification: { type: 'rollout', target },
    finding: { name: 'CrashLoopBackOff', target },
    findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
    before: [],
    timeoutSeconds: 60,
    settleSeconds,
    signal,
    onProgress: (message) => {
      if (message.startsWith('2 of 3')) ready();
    },
  });
  if (result.outcome !== 'gone') throw new Error(`unexpected: ${result.message}`);
}

async function rolledOut(kubectl: string, kubeconfig: string, ready: () => void): Promise<void> {
  const args = ['--kubeconfig', kubeconfig, 'rollout', 'status', `deployment/${target.name}`];
  const child = spawn(kubectl, [...args, '-n', target.namespace, '--timeout=60s'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.once('data', ready);
  child.stdout.resume();
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`kubectl rollout status ended with ${code}`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
