/**
 * The evidence for one incident in a cluster of 5,000 pods on a real control plane: against the same facts by kubectl commands one
 * after another, and against the same through kubernetes-mcp-server's tools. And what it asks of the API server, in 50 pods and in 5,000.
 */
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import type { Measured } from '../support/measured.ts';
import { scratchFolder } from '../support/scratch.ts';
import { mcpProgram } from './evidence/mcp.ts';
import { race } from './evidence/race.ts';
import { traffic } from './evidence/traffic.ts';
import { startWorld, type World } from './evidence/world.ts';

const few = 50;
const many = 5000;
const rounds = 7;
const goals = { kubectl: 0.1, loading: 0.25, mcp: 0.5, growth: 1.05 };
const what = 'evidence for one incident';

/** Where no control plane can be started nothing is measured, and nothing counts as met. */
export async function rows(): Promise<Measured[]> {
  const program = mcpProgram();
  const reason = whyNoBinaries();
  if (reason !== undefined || program === undefined) {
    const why = reason ?? 'kubernetes-mcp-server is not installed';
    return [{ name: what, value: `not measured: ${why}`, goal: '–', met: false }];
  }
  const scratch = await scratchFolder('bench-evidence');
  try {
    const world = await startWorld(scratch.path, many);
    try {
      return await measure(world, program, scratch.path);
    } finally {
      await world.close();
    }
  } finally {
    await scratch.remove();
  }
}

async function measure(world: World, program: string, dir: string): Promise<Measured[]> {
  await world.growTo(few);
  const small = await traffic(world.place, dir);
  await world.growTo(many);
  const large = await traffic(world.place, dir);
  const { facts, ours, loading, kubectl, mcp } = await race(world.place, program, dir, rounds);
  const growth = large.bytes / small.bytes;
  const pods = many.toLocaleString('en');
  const row = (name: string, goal: number, value: number, detail: string): Measured => ({
    name,
    value: `${value.toFixed(2)} (${detail})`,
    goal: `<= ${goal}`,
    met: value <= goal,
  });
  const ms = (milliseconds: number) => `${Math.round(milliseconds)} ms`;
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return [
    row(
      `${what}, ${pods} pods: ${facts} facts, against kubectl commands one after another`,
      goals.kubectl,
      ours / kubectl,
      `${ms(ours)} against ${ms(kubectl)}`,
    ),
    row('the same with the cluster client still to load', goals.loading, loading / kubectl, ms(loading)),
    row("the same against kubernetes-mcp-server's tools", goals.mcp, ours / mcp, `against ${ms(mcp)}`),
    {
      name: `requests and bytes of it in ${few} pods and in ${pods}`,
      value: `${small.requests} and ${large.requests}, ${kB(small.bytes)} and ${kB(large.bytes)}`,
      goal: `no more requests, bytes <= ${goals.growth} times`,
      met: large.requests <= small.requests && growth <= goals.growth,
    },
  ];
}
