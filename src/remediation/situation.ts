/** What a decision depends on, gathered from the settings and the journal. Pure. */
import type { Situation } from '../domain/decision.ts';
import { takesBack, type GitOpsMark } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';
import { automaticActions as automaticActionsOf, automationStopped } from '../journal/automatic.ts';
import { breakerEvents } from '../journal/breaker.ts';
import { breakerStatus } from '../policy/breaker.ts';
import { automaticActions, coolingDown } from '../policy/limits.ts';
import type { RunPolicy } from './run-policy.ts';

/** What is particular about the step that is being decided. */
export interface StepCircumstances {
  readonly incidentId: string;
  readonly target: ObjectRef;
  readonly confidence: number;
  /** Why it is not sure that this is the right cluster and object. Never left out: what is in doubt is asked about. */
  readonly doubt: string | undefined;
  /** Who holds the remediation lock, if somebody else does. */
  readonly lockHolder?: string;
  /** Who applies the object that it changes. */
  readonly gitops?: GitOpsMark;
  /** Another automatic step is executing right now: half-open lets only one through. */
  readonly automaticInFlight: boolean;
  /** Taking back what was just done is no new action: neither the limit nor the cool-down stands in its way. */
  readonly isUndo?: boolean;
}

/** The situation of one step at `now`. */
export function situationOf(
  policy: RunPolicy,
  records: readonly JournalRecord[],
  step: StepCircumstances,
  now: Date,
): Situation {
  const actions = automaticActionsOf(records);
  const { state } = breakerStatus(breakerEvents(records), policy.breaker, now);
  return {
    mode: policy.mode,
    confidence: step.confidence,
    destructiveOperations: policy.destructiveOperations,
    autoApproveLowRisk: policy.autoApproveLowRisk,
    allowedNamespaces: policy.allowedNamespaces,
    thresholds: policy.thresholds,
    breaker: state === 'half-open' && step.automaticInFlight ? 'open' : state,
    automationStopped: automationStopped(records),
    automaticActions: step.isUndo ? 0 : automaticActions(actions, step.incidentId),
    maxActionsPerIncident: policy.maxActionsPerIncident,
    coolingDown: !step.isUndo && coolingDown(actions, step.target, now, policy.cooldownSeconds),
    ...(step.lockHolder === undefined ? {} : { lockHolder: step.lockHolder }),
    ...(step.doubt === undefined ? {} : { doubt: step.doubt }),
    ...(step.gitops === undefined || !takesBack(step.gitops) ? {} : { takenBackBy: step.gitops.tool }),
  };
}
