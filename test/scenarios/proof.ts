/** Proves one scenario on one cluster: it does not heal by itself, its fixes end it, and what is no fix does not. */
import { breakIt, carryOut, settles, setUp, until } from '../../src/practice/scenarios/play.ts';
import type { Stage } from '../../src/practice/scenarios/play.ts';
import type { Fix, Scenario } from '../../src/practice/scenarios/scenario.ts';
import { harmsOf } from '../../src/practice/scenarios/harm.ts';
import { readState } from '../../src/practice/scenarios/state.ts';
import type { State } from '../../src/practice/scenarios/state.ts';

export interface Proof {
  /** With no remedy at all it is still broken after its settle window; where nothing is wrong, it is still well. */
  readonly control: boolean;
  readonly fixes: readonly Tried[];
  /** Here `ended` must be false. */
  readonly wrong: readonly Tried[];
}

export interface Tried {
  readonly says: string;
  /** Its check held over the settle window. */
  readonly ended: boolean;
  readonly harms: readonly string[];
}

/** Milliseconds in which a fix must show. */
const patience = 120_000;

/**
 * @param stage its signal ends everything
 * @param whileBroken called with the state that raised the alarm, after the control and before the first fix; must change nothing
 * @throws Error where the scenario does not come about
 */
export async function prove(
  scenario: Scenario,
  stage: Stage,
  whileBroken?: (alarmed: State) => Promise<void>,
): Promise<Proof> {
  await setUp(scenario, stage);
  const alarmed = await breakIt(scenario, stage);
  const control = await staysAsItIs(scenario, stage);
  await whileBroken?.(alarmed);
  const fixes: Tried[] = [];
  for (const fix of scenario.fixes) {
    if (fixes.length > 0) await again(scenario, stage);
    fixes.push(await attempt(scenario, stage, fix, patience));
  }
  const wrong: Tried[] = [];
  for (const fix of scenario.wrong ?? []) {
    await again(scenario, stage);
    const { settleSeconds } = scenario;
    wrong.push(await attempt(scenario, stage, fix, (2000 * settleSeconds) / stage.clock.speed + 2000));
  }
  return { control, fixes, wrong };
}

async function again(scenario: Scenario, stage: Stage): Promise<void> {
  await setUp(scenario, stage);
  await breakIt(scenario, stage);
}

/** Over the whole settle window: never solved, or solved throughout where there is nothing to solve. */
async function staysAsItIs(scenario: Scenario, stage: Stage): Promise<boolean> {
  const calm = AbortSignal.timeout((scenario.settleSeconds * 1000) / stage.clock.speed);
  const nothingToDo = scenario.rootCause.findings.length === 0;
  try {
    await until(
      scenario,
      { ...stage, signal: AbortSignal.any([stage.signal, calm]) },
      (state) => scenario.solved(state) !== nothingToDo,
      'to change by itself',
    );
    return false;
  } catch (error) {
    if (calm.aborted) return true;
    throw error;
  }
}

async function attempt(scenario: Scenario, stage: Stage, fix: Fix, milliseconds: number): Promise<Tried> {
  const before = await readState(stage.client, scenario);
  for (const deed of fix.deeds) await carryOut(scenario, stage, deed);
  const signal = AbortSignal.any([stage.signal, AbortSignal.timeout(milliseconds)]);
  const ended = await settles(scenario, { ...stage, signal });
  // Whoever gave up on everything has not seen whether it ends.
  stage.signal.throwIfAborted();
  const after = await readState(stage.client, scenario);
  return { says: fix.says, ended, harms: harmsOf(scenario, before, after) };
}
