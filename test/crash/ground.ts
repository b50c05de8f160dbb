/** Incidents on the practice cluster, which outlives whoever handles them and counts what kubectl changes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leases } from '../../src/practice/objects.ts';
import { startPractice } from '../../src/practice/practice.ts';
import { breakIt, eventOf, setUp } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import type { AgentOptions, Alert } from '../../src/agent.ts';
import { startCountingProxy } from '../support/counting-proxy.ts';
import { run } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import type { Death, Order } from './victim.ts';

/** One incident of its own, in a namespace of its own, with a journal of its own. */
export interface Incident {
  readonly namespace: string;
  readonly alert: Alert;
  readonly options: AgentOptions;
  /** How often kubectl was started for it, dry runs apart. */
  starts(): Promise<number>;
  /** What kubectl has changed in its namespace so far, as `PATCH …/deployments/cart`. */
  changes(): readonly string[];
}

export interface Ground {
  incident(namespace: string): Promise<Incident>;
  /** Lets a Lease run out, as time would. */
  expire(namespace: string, lease: string): Promise<void>;
  close(): Promise<void>;
}

/** @param name of a scenario */
export async function startGround(name: string): Promise<Ground> {
  const scratch = await scratchFolder('crash');
  const practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
  const { kubeconfig, context } = practice.kubernetes;
  const proxy = await startCountingProxy(kubeconfig, join(scratch.path, 'through-proxy'));
  const kubectl = join(scratch.path, 'kubectl');
  const started = join(scratch.path, 'started');
  await writeFile(kubectl, `#!/bin/sh\necho "$*" >> '${started}'\nexec '${await ensureKubectl()}' "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(started, '');
  const changes: string[] = [];
  return {
    async incident(namespace) {
      const scenario = { ...scenarioNamed(name), namespace };
      const stage = practice.stage(AbortSignal.timeout(120_000));
      await setUp(scenario, stage);
      const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage));
      return {
        namespace,
        alert: { id, title: payload.summary, details: payload.custom_details },
        options: {
          ...{ kubectl, context, kubeconfig: proxy.kubeconfig, user: 'ada' },
          ...{ mode: 'yolo', destructiveOperations: true, analyst: { engine: 'builtin' } },
          // Several go on side by side on one cluster.
          maxChangesAtOnce: 1000,
          verification: { timeoutSeconds: 30, settleSeconds: 0 },
          journalDirectory: join(scratch.path, namespace),
        },
        async starts() {
          const lines = (await readFile(started, 'utf8')).split('\n');
          return lines.filter((line) => line.split(' ').includes(namespace) && !line.includes('--dry-run'))
            .length;
        },
        changes() {
          changes.push(...proxy.taken().changes);
          return changes.filter((change) => change.includes(`/namespaces/${namespace}/`));
        },
      };
    },
    async expire(namespace, lease) {
      const renewTime = '2020-01-01T00:00:00.000000Z';
      await practice.client.patch(leases, namespace, lease, { spec: { renewTime } }, { type: 'merge' });
    },
    async close() {
      await proxy.close();
      await practice.close();
      await scratch.remove();
    },
  };
}

/**
 * Lets a process handle an incident until it dies, or has come to its end.
 * @param blocks how many blocks of 512 bytes a file may have; a write that would go beyond is refused
 * @returns `said`: how the run ended, or the code of what ended it
 */
export async function handleUntil(
  { alert, options }: Incident,
  death: Death,
  blocks: number | 'unlimited' = 'unlimited',
): Promise<{ died: boolean; said: string }> {
  const order: Order = { agent: options, alert, death };
  const limit = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const victim = join(import.meta.dirname, 'victim.ts');
  const { code, stdout, stderr } = await run(
    '/bin/sh',
    ['-c', limit, process.execPath, victim, JSON.stringify(order)],
    { timeoutMs: 120_000 },
  );
  if (code !== null && code !== 0) throw new Error(`The run failed: ${stderr}`);
  return { died: code === null, said: stdout.trim() };
}
