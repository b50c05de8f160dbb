/** What a decision depends on, gathered from the settings and the journal. Pure. */
import { defaultBrakeLimits, type Situation } from '../domain/decision.ts';
import type { Provenance } from '../domain/diagnosis.ts';
import { takesBack, type GitOpsMark } from '../domain/plan.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { History } from '../journal/history.ts';
import { breakerStatus } from '../policy/breaker.ts';
import { automaticActions, changesAtOnce, changesThisHour, coolingDown } from '../policy/limits.ts';
import { longestStepSeconds, type RunPolicy } from './run-policy.ts';

/** What is particular about the step that is being decided. */
export interface StepCircumstances {
  readonly runId: string;
  /** The kubeconfig context that it would run in: what the brake counts by. */
  readonly context: string;
  readonly incidentId: string;
  readonly target: ObjectRef;
  readonly confidence: number;
  /** Why it is not sure that this is the right cluster and object. Never left out: what is in doubt is asked about. */
  readonly doubt: string | undefined;
  /** What the confidence rests on. Never left out: what others can write runs nothing by itself. */
  readonly grounds: Provenance;
  /** What a model objects, citing evidence that exists. Never left out: it is asked about. */
  readonly objection: string | undefined;
  /** Who holds the remediation lock, if somebody else does. */
  readonly lockHolder?: string;
  /** Why it cannot be told whether somebody else remediates the incident. */
  readonly lockTrouble?: string;
  /** A person skipped or edited a step of the plan. */
  readonly steppedIn?: boolean;
  /** Why things are not as the plan found them. */
  readonly stale?: string;
  /** What the API server said to its dry run, where it refuses it. */
  readonly wouldBeRefused?: string;
  /** Who applies the object that it changes. */
  readonly gitops?: GitOpsMark;
  /** Another automatic step is executing right now: half-open lets only one through. */
  readonly automaticInFlight: boolean;
  /** Taking back what was just done is no new action: neither the limit nor the cool-down stands in its way. */
  readonly isUndo?: boolean;
}

type BrakeField = 'changesThisHour' | 'maxChangesPerHour' | 'changesAtOnce' | 'maxChangesAtOnce';

/** The situation of one step at `now`. */
export function situationOf(
  policy: RunPolicy,
  history: Pick<
    History,
    'breakerEvents' | 'automaticActions' | 'automationStopped' | 'stepsInFlight' | 'changes'
  > & {
    readonly stopReason?: string | undefined;
  },
  step: StepCircumstances,
  now: Date,
): Situation & Required<Pick<Situation, BrakeField>> {
  const actions = history.automaticActions;
  const { state } = breakerStatus(history.breakerEvents, policy.breaker, now);
  const othersInFlight = history.stepsInFlight(now, longestStepSeconds(policy)).length > 0;
  const { changesPerHour, changesAtOnce: most } = policy.brake ?? defaultBrakeLimits;
  const limit = longestStepSeconds(policy);
  const announced = history.changes.announced(now, limit);
  const hourAgo = new Date(now.getTime() - 3_600_000);
  // Taking back is safe: it counts for what follows, and is never held back.
  const brake = step.isUndo
    ? { changesThisHour: 0, maxChangesPerHour: 1, changesAtOnce: 0, maxChangesAtOnce: 1 }
    : {
        changesThisHour: changesThisHour(history.changes.since(hourAgo), announced, step, now),
        maxChangesPerHour: changesPerHour,
        changesAtOnce: changesAtOnce(history.changes.underWay(now, limit), announced, step.runId),
        maxChangesAtOnce: most,
      };
  return {
    ...brake,
    mode: policy.mode,
    confidence: step.confidence,
    destructiveOperations: policy.destructiveOperations,
    autoApproveLowRisk: policy.autoApproveLowRisk,
    allowedNamespaces: policy.allowedNamespaces,
    thresholds: policy.thresholds,
    breaker: state === 'half-open' && (step.automaticInFlight || othersInFlight) ? 'open' : state,
    automationStopped: history.automationStopped,
    ...(history.stopReason === undefined ? {} : { stopReason: history.stopReason }),
    automaticActions: step.isUndo ? 0 : automaticActions(actions, step.incidentId),
    maxActionsPerIncident: policy.maxActionsPerIncident,
    coolingDown: !step.isUndo && coolingDown(actions, step.target, now, policy.cooldownSeconds),
    ...(step.lockHolder === undefined ? {} : { lockHolder: step.lockHolder }),
    ...(step.lockTrouble === undefined ? {} : { lockTrouble: step.lockTrouble }),
    ...(step.steppedIn === true ? { steppedIn: true } : {}),
    ...(step.stale === undefined ? {} : { stale: step.stale }),
    ...(step.wouldBeRefused === undefined ? {} : { wouldBeRefused: step.wouldBeRefused }),
    ...(step.grounds === 'written' ? { restsOnWritten: true } : {}),
    ...(step.objection === undefined ? {} : { objection: step.objection }),
    ...(step.doubt === undefined ? {} : { doubt: step.doubt }),
    ...(step.gitops === undefined || !takesBack(step.gitops) ? {} : { takenBackBy: step.gitops.tool }),
  };
}
