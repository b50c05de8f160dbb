/** One incident's evidence, collected by us, by kubectl commands and by kubernetes-mcp-server's tools, in turns. */
import { join } from 'node:path';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { mustRun, run } from '../../support/processes.ts';
import { ensureKubectl } from '../../support/vscode/install.ts';
import { kubectlFor, noting, toolFor, type Fact } from './facts.ts';
import { startMcpServer, type McpServer } from './mcp.ts';
import { investigate, type Place } from './place.ts';

const runners = ['ours', 'loading', 'kubectl', 'mcp'] as const;
type Runner = (typeof runners)[number];

/** Milliseconds, medians; `loading` is ours with the cluster client still to load. */
export interface Times extends Readonly<Record<Runner, number>> {
  /** How many facts each of them asked for. */
  readonly facts: number;
}

/**
 * All take turns, so that what else the machine does meets them alike. The first round warms up and does not count.
 * @param program of kubernetes-mcp-server
 * @param dir for what kubectl caches
 */
export async function race(place: Place, program: string, dir: string, rounds: number): Promise<Times> {
  const { kubeconfig, context } = place;
  const kubectl = await ensureKubectl();
  const cluster = await connectCluster({ kubeconfig, context });
  const mcp = await startMcpServer(program, kubeconfig);
  const taken: Record<Runner, number[]> = { ours: [], loading: [], kubectl: [], mcp: [] };
  let facts: readonly Fact[] = [];
  try {
    for (let round = -1; round < rounds; round++) {
      const noted = noting(cluster);
      const ours = await timed(() => investigate(noted.cluster, place));
      facts = noted.facts();
      const loading = await firstUse(place);
      const commands = await timed(() => askKubectl(kubectl, kubeconfig, dir, facts));
      const tools = await timed(() => askMcp(mcp, facts));
      if (round < 0) continue;
      const times: Record<Runner, number> = { ours, loading, kubectl: commands, mcp: tools };
      for (const runner of runners) taken[runner].push(times[runner]);
    }
  } finally {
    await mcp.close();
  }
  const medians = Object.fromEntries(runners.map((runner) => [runner, median(taken[runner])]));
  return { ...(medians as Record<Runner, number>), facts: facts.length };
}

/** In a process of its own, which says itself how long it took: its start is not counted. */
async function firstUse({ kubeconfig, context, namespace, workload }: Place): Promise<number> {
  const args = [join(import.meta.dirname, 'first-use.ts'), kubeconfig, context, namespace, workload];
  return Number(await mustRun(process.execPath, args, { timeoutMs: 60_000 }));
}

/** One command after another, as a person or a script does; what kubectl knows of the API is cached in `dir`. */
async function askKubectl(
  kubectl: string,
  kubeconfig: string,
  dir: string,
  facts: readonly Fact[],
): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: dir };
  for (const fact of facts) {
    const args = kubectlFor(fact);
    const { code, stderr } = await run(kubectl, ['--kubeconfig', kubeconfig, ...args], {
      env,
      timeoutMs: 30_000,
    });
    // What is absent is a fact too: kubectl says it by failing where a whole API is missing, or a log has just gone.
    if (code !== 0 && !/NotFound|doesn't have a resource type|not found/.test(stderr)) {
      throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    }
  }
}

/** One call after another over one connection that stands already. What is absent, a tool calls an error. */
async function askMcp(mcp: McpServer, facts: readonly Fact[]): Promise<void> {
  for (const fact of facts) {
    const { failed, text } = await mcp.call(toolFor(fact));
    if (failed && !/not found|no matches for kind|could not find/i.test(text)) {
      throw new Error(`${JSON.stringify(toolFor(fact))}: ${text}`);
    }
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
