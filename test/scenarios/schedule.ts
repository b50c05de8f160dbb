/** Plays many scenarios side by side, as many at once as a cluster bears. */
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import type { Ground } from './ground.ts';
import { rehearse } from './rehearsal.ts';
import type { Answers, Part } from './rehearsal.ts';

export interface Job {
  readonly scenario: Scenario;
  readonly part: Part;
}

/** What a play came to: answers, or why there are none. */
export type Outcome = Answers | Error;

/**
 * Plays every job once. Those that stop a machine come one by one, once nobody else stands on the simulated machines.
 * @param onEnd is told of each as it ends
 */
export async function playAll(
  jobs: readonly Job[],
  ground: Ground,
  onEnd: (job: Job, outcome: Outcome, seconds: number) => void,
): Promise<void> {
  const play = async (job: Job): Promise<void> => {
    const began = Date.now();
    const outcome = await rehearse(job.scenario, ground, job.part).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    onEnd(job, outcome, (Date.now() - began) / 1000);
  };
  const apart = ground.stage(AbortSignal.abort()).placement !== undefined;
  const stopping = jobs.filter(({ scenario }) => stopsMachines(scenario));
  const others = jobs.filter(({ scenario }) => !stopsMachines(scenario));
  const onMachines = others.filter(({ scenario }) => !apart || scenario.needs.includes('simulated node'));
  const elsewhere = others.filter((job) => !onMachines.includes(job));

  const free = limit(ground.atOnce);
  const standing = onMachines.map((job) => free(() => play(job)));
  const rest = elsewhere.map((job) => free(() => play(job)));
  await Promise.all(standing);
  for (const job of stopping) await play(job);
  await Promise.all(rest);
}

function stopsMachines({ breakage }: Scenario): boolean {
  return breakage.some(({ deed }) => deed === 'stop the node');
}

/** @returns runs a task as soon as fewer than `width` others do, in the order in which they were handed over */
function limit(width: number): (task: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await task();
    } finally {
      // The place goes to the next one in the queue, if there is one.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
