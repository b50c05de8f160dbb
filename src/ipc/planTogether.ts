/** Which steps of a run a person may approve together. The panel offers by it and the extension host checks by it. */
import type { StepState } from '../domain/plan.ts';
import { reachWords } from '../domain/preview.ts';
import type { StepView } from '../domain/run.ts';

/** A step as a person saw it. */
export interface SeenStep {
  readonly stepId: string;
  /** Of the command that was shown. */
  readonly argvHash: string;
}

/** Why a step takes an approval of its own, as a clause; undefined where it may be approved with others. */
export function aloneBecause({ risk, decision, preview, undoes }: StepView): string | undefined {
  if (risk.rejected) return 'it is rejected';
  if (risk.forbidden) return 'it is forbidden';
  if (decision.typeToConfirm !== undefined) return 'it takes typing a name';
  if (risk.riskLevel === 'high') return 'it is of high risk';
  if (risk.sensitive) return 'it prints what should not be seen';
  if (preview?.rehearsal.state === 'refused') return 'the API server would refuse it';
  if (undoes !== undefined) return 'it takes another step back';
  return undefined;
}

/** What to know of a step before it is approved with others: what it risks, how far it reaches, whether there is a way back. */
export function togetherWords({ risk, preview, gitops, undo }: StepView): readonly [string, ...string[]] {
  const level = `${risk.riskLevel} risk`;
  if (!risk.mutates) return [level, 'only reads'];
  return [
    level,
    ...(preview === undefined
      ? ['how far it reaches is not known']
      : [...reachWords(preview.reach, gitops), ...preview.gaps]),
    undo === undefined ? 'CANNOT be undone' : 'can be undone',
  ];
}

/** As a step is left by a plan of which nothing went wrong. After anything else each step is looked at by itself. */
const well: ReadonlySet<StepState> = new Set<StepState>([
  'pending',
  'awaiting-approval',
  'verified',
  'done',
  'skipped',
  'previewed',
  'refused',
]);

/**
 * The steps that may be approved together now: the one that is asked about and those that come right after it, up to the
 * first that takes an approval of its own. Empty where there are fewer than `least`, and once a step did not go through.
 * @param steps in the order of the plan
 * @param asked id of the step that the run asks about; nothing can be approved while it asks about none
 * @param inDoubt it is not sure that the run is in the right place: then each step is looked at
 */
export function togetherOf(
  steps: readonly StepView[],
  asked: string | undefined,
  inDoubt: boolean,
  least = 2,
): SeenStep[] {
  const from = steps.findIndex(({ id }) => id === asked);
  if (from === -1 || inDoubt || steps.some(({ state }) => !well.has(state))) return [];
  const together: SeenStep[] = [];
  for (const step of steps.slice(from)) {
    const waits = step.id === asked || step.state === 'pending';
    // What runs by itself, and what is skipped, is not asked about.
    if (!waits || step.decision.outcome === 'execute') continue;
    if (step.decision.outcome !== 'ask' || aloneBecause(step) !== undefined) break;
    together.push({ stepId: step.id, argvHash: step.argvHash });
  }
  return together.length < least ? [] : together;
}
