/** Conducts the two parts: recording on a real Kubernetes, replaying on a practice cluster, for the whole catalogue. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../src/practice/client.ts';
import type { Stage } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { readState } from '../../src/practice/scenarios/state.ts';
import type { Recording } from './exchange.ts';
import { startRecorder } from './record.ts';
import { startReplay, type Comparison } from './replay.ts';
import {
  bringAbout,
  calm,
  clearAway,
  has,
  isCalm,
  played,
  standsAlone,
  pauseBeforeLook,
  signature,
  startPracticeWorld,
  type PracticeWorld,
} from './world.ts';

/** Looks that must find the same. */
const looksAtRest = 6;

/** Milliseconds in which one scenario must have come about and have been recorded. */
const patience = 10 * 60_000;

export interface RecordOptions {
  readonly connection: Connection;
  readonly stage: Stage;
  readonly kubectl: string;
  /** An existing folder of its own. */
  readonly dir: string;
  readonly report: (line: string) => void;
  /** Is given each recording as soon as it is there. */
  readonly keep: (recording: Recording) => Promise<void>;
}

/**
 * Records every scenario that this cluster has what it takes for.
 * @returns the names of those that it could not record
 */
export async function recordAll({ report, keep, ...options }: RecordOptions): Promise<string[]> {
  const stage = {
    ...options.stage,
    signal: AbortSignal.any([options.stage.signal, AbortSignal.timeout(6 * patience)]),
  };
  const recorder = await startRecorder({ ...options, stage });
  const failed: string[] = [];
  const possible: Scenario[] = [];
  for (const scenario of played) {
    if (await has(stage, scenario)) possible.push(scenario);
    else report(`${scenario.name}: not recorded, this cluster lacks ${scenario.needs.join(' and ')}`);
  }
  const comeAbout = async (scenario: Scenario) => {
    await clearAway(scenario, stage);
    await bringAbout(scenario, {
      ...stage,
      signal: AbortSignal.any([stage.signal, AbortSignal.timeout(patience)]),
    });
  };
  const record = async (scenario: Scenario, coming: Promise<void>) => {
    const started = Date.now();
    try {
      await coming;
      const recording = await recorder.record(scenario);
      await keep(recording);
      const count = recording.calls.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
      report(`${scenario.name}: ${count} questions (${Math.round((Date.now() - started) / 1000)} s)`);
    } catch (error) {
      failed.push(scenario.name);
      report(`${scenario.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  try {
    const together = possible.filter((scenario) => !standsAlone(scenario));
    const coming = new Map(together.map((scenario) => [scenario, comeAbout(scenario)]));
    for (const each of coming.values()) each.catch(() => undefined);
    for (const [scenario, each] of coming) await record(scenario, each);
    for (const scenario of possible.filter(standsAlone)) await record(scenario, comeAbout(scenario));
    await Promise.all(possible.map((scenario) => clearAway(scenario, stage)));
  } finally {
    await recorder.close();
  }
  return failed;
}

/** Replays recordings on practice clusters and compares the answers. */
export async function replayAll(recordings: readonly Recording[]): Promise<Comparison[]> {
  const known = recordings.flatMap((recording) => {
    const scenario = played.find(({ name }) => name === recording.scenario);
    return scenario === undefined ? [] : [{ recording, scenario }];
  });
  const together = known.filter(({ scenario }) => !standsAlone(scenario));
  const alone = known.filter(({ scenario }) => standsAlone(scenario));
  const comparisons: Comparison[] = [];
  for (const group of [together, ...alone.map((one) => [one])])
    comparisons.push(...(await replayGroup(group)));
  return comparisons;
}

type Group = readonly { readonly scenario: Scenario }[];

/** Stops the clock at a moment at which every scenario is calm: while one comes to rest, another may stir. */
async function standStill(group: Group, world: PracticeWorld): Promise<void> {
  for (;;) {
    await Promise.all(group.map(({ scenario }) => calm(scenario, world.stage)));
    world.clock.stop();
    if (await staysCalm(group, world)) return;
    world.clock.goOn();
  }
}

/** What had begun before the clock stopped may come to its end yet: only what several looks agree on stands still. */
async function staysCalm(group: Group, { stage }: PracticeWorld): Promise<boolean> {
  let before: string | undefined;
  for (let look = 0; look < looksAtRest; look += 1) {
    const states = await Promise.all(group.map(({ scenario }) => readState(stage.client, scenario)));
    const now = states.map(signature).join();
    if (!states.every((state) => isCalm(state)) || now !== (before ?? now)) return false;
    before = now;
    await pause(pauseBeforeLook);
  }
  return true;
}

async function replayGroup(
  group: readonly { readonly recording: Recording; readonly scenario: Scenario }[],
): Promise<Comparison[]> {
  const world = await startPracticeWorld();
  try {
    await Promise.all(group.map(({ scenario }) => bringAbout(scenario, world.stage)));
    await standStill(group, world);
    const replays = await Promise.all(
      group.map(({ recording, scenario }) => startReplay(recording, scenario, world)),
    );
    const still = await Promise.all(replays.map((replay) => replay.still()));
    world.clock.goOn();
    const moving = await Promise.all(replays.map((replay) => replay.moving()));
    for (const replay of replays) replay.close();
    return [...still, ...moving].flat();
  } finally {
    await world.close();
  }
}
