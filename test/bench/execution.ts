/** What one kubectl execution costs on top of starting the process. */
import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanedEnvironment } from '../../src/cluster/environment.ts';
import { execute } from '../../src/remediation/execute.ts';
import { scratchFolder } from '../support/scratch.ts';
import type { Measured } from '../support/measured.ts';

const rounds = 60;
const warmUp = 10;
const goal = 5;

/** The median difference over pairs that alternate, so that what else the machine does meets both sides alike. */
export async function rows(): Promise<Measured[]> {
  const scratch = await scratchFolder('bench-execution');
  try {
    const kubectl = join(scratch.path, 'kubectl');
    await writeFile(kubectl, '#!/bin/sh\necho "deployment.apps/checkout rolled back"\n');
    await chmod(kubectl, 0o755);
    const differences: number[] = [];
    for (let round = -warmUp; round < rounds; round++) {
      const bare = await timed(() => bareSpawn(kubectl));
      const ours = await timed(() => ourExecution(kubectl));
      if (round >= 0) differences.push(ours - bare);
    }
    const overhead = differences.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
    return [
      {
        name: 'our overhead on one kubectl execution',
        value: `${overhead.toFixed(2)} ms`,
        goal: `<= ${goal} ms`,
        met: overhead <= goal,
      },
    ];
  } finally {
    await scratch.remove();
  }
}

const argv = ['rollout', 'undo', 'deployment/checkout', '--to-revision=1', '-n', 'shop'];

async function ourExecution(kubectl: string): Promise<void> {
  const result = await execute({
    kubectl,
    kubeconfig: '/dev/null',
    context: 'bench',
    namespace: 'default',
    argv: ['kubectl', ...argv],
    timeoutMs: 20_000,
  });
  if (result.output !== 'deployment.apps/checkout rolled back\n')
    throw new Error(`unexpected: ${result.output}`);
}

/** The same process with the same arguments and environment, its output read to the end. */
function bareSpawn(kubectl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectl, ['--kubeconfig', '/dev/null', '--context', 'bench', ...argv], {
      env: cleanedEnvironment(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
