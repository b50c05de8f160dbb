/** Plays one scenario on one cluster and lets the product at it, in each mode once. */
import { harmsOf } from '../../src/practice/scenarios/harm.ts';
import { breakIt, setUp, settles } from '../../src/practice/scenarios/play.ts';
import type { Stage } from '../../src/practice/scenarios/play.ts';
import { namespaces } from '../../src/practice/objects.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { readState } from '../../src/practice/scenarios/state.ts';
import type { State } from '../../src/practice/scenarios/state.ts';
import type { Ground } from './ground.ts';
import { handle } from './product.ts';
import type { Handled, Mode } from './product.ts';
import { prove } from './proof.ts';
import {
  causeVerdict,
  controlVerdict,
  fixesVerdict,
  fixVerdict,
  planVerdict,
  runVerdict,
  wrongVerdict,
} from './verdict.ts';
import type { Aftermath, Verdict } from './verdict.ts';

/** What is found out of a scenario on a cluster, in the order of the table. */
export const questions = ['control', 'fixes', 'wrong', 'cause', 'fix', 'plan', 'approval', 'yolo'] as const;
export type Question = (typeof questions)[number];
export type Answers = Readonly<Partial<Record<Question, Verdict>>>;

/** One play of a scenario: `proof` without the product, `plan` the same with the product in plan mode between control and fixes. */
export const parts = ['proof', 'plan', 'approval', 'yolo'] as const;
export type Part = (typeof parts)[number];

/**
 * Plays one part in a namespace of its own, and takes the namespace away.
 * @throws Error where the scenario does not come about, or the product does not work at all
 */
export async function rehearse(scenario: Scenario, ground: Ground, part: Part): Promise<Answers> {
  const namespace = `scenario-${scenario.name}-${part}`;
  const stage = ground.stage(AbortSignal.timeout(ground.patience));
  const here = { ...scenario, namespace };
  try {
    return part === 'proof' || part === 'plan'
      ? await proof(here, ground, stage, part === 'plan')
      : await run(here, ground, stage, part);
  } finally {
    await stage.client.delete(namespaces, undefined, namespace);
  }
}

async function proof(
  scenario: Scenario,
  ground: Ground,
  stage: Stage,
  withProduct: boolean,
): Promise<Answers> {
  let planned: Answers = {};
  const plan = async (alarmed: State): Promise<void> => {
    const before = await readState(stage.client, scenario);
    const handled = await handle(scenario, ground, 'plan', alarmed, stage.signal);
    const after = await readState(stage.client, scenario);
    // As if no fix touched anything: whatever is not as it was is a fault.
    const changes = harmsOf({ ...scenario, fixes: [] }, before, after);
    planned = {
      cause: causeVerdict(scenario, handled),
      fix: fixVerdict(scenario, handled),
      plan: planVerdict(handled, changes),
    };
  };
  const proven = await prove(scenario, stage, withProduct ? plan : undefined);
  return {
    control: controlVerdict(scenario, proven),
    fixes: fixesVerdict(proven),
    wrong: wrongVerdict(proven),
    ...planned,
  };
}

async function run(scenario: Scenario, ground: Ground, stage: Stage, mode: Mode): Promise<Answers> {
  await setUp(scenario, stage);
  const alarmed = await breakIt(scenario, stage);
  const before = await readState(stage.client, scenario);
  const handled = await handle(scenario, ground, mode, alarmed, stage.signal);
  const after = await aftermath(scenario, stage, before, handled);
  return { [mode]: runVerdict(scenario, mode, handled, after) };
}

/** Seconds of the cluster's own time in which what the product calls resolved must show, before the settle window. */
const grace = 10;

async function aftermath(
  scenario: Scenario,
  stage: Stage,
  before: State,
  { status }: Handled,
): Promise<Aftermath> {
  const claimed = status === 'resolved' || scenario.solved(await readState(stage.client, scenario));
  const milliseconds = ((scenario.settleSeconds + grace) * 1000) / stage.clock.speed + 1000;
  const signal = AbortSignal.any([stage.signal, AbortSignal.timeout(milliseconds)]);
  const solved = claimed && (await settles(scenario, { ...stage, signal }));
  stage.signal.throwIfAborted();
  return { solved, harms: harmsOf(scenario, before, await readState(stage.client, scenario)) };
}
