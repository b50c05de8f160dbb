/** What is known, what follows from it, and what is guessed: evidence, findings, hypotheses. */
import type { ActionProposal } from './action.ts';
import type { ObjectRef } from './kubernetes.ts';
import type { MatchedRunbook } from './runbook.ts';

/** Where a piece of evidence can be opened again. */
export type EvidenceSource =
  | { readonly type: 'object'; readonly ref: ObjectRef; readonly path: string }
  | { readonly type: 'event'; readonly ref: ObjectRef; readonly reason: string }
  | {
      readonly type: 'logs';
      readonly ref: ObjectRef;
      readonly container: string;
      readonly previous: boolean;
    }
  /** What the API server answered when it was asked whether a ServiceAccount may do something. */
  | {
      readonly type: 'review';
      readonly ref: ObjectRef;
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
    }
  /** What a list held, or that it was empty; the name of `ref` is `*`. */
  | {
      readonly type: 'list';
      readonly ref: ObjectRef;
      readonly labelSelector?: string;
      readonly fieldSelector?: string;
    }
  /** A runbook, or a section of it; `line` counts from 1. */
  | { readonly type: 'runbook'; readonly path: string; readonly line: number }
  /** What PagerDuty has on it. `url` is shown as text. */
  | {
      readonly type: 'pagerduty';
      readonly what: 'change' | 'incident' | 'note';
      readonly id: string;
      readonly url?: string;
    };

/**
 * Where a fact comes from. `observed`: the API server itself answers for it, such as the fields of objects that controllers and the
 * kubelet write, and its answers to reviews. `written`: others can write it, such as a log, the message of an event, an annotation,
 * an alert, a runbook, or what a model says.
 */
export type Provenance = 'observed' | 'written';

/** A fact with where it comes from. */
export interface Sourced<T> {
  readonly value: T;
  readonly provenance: Provenance;
}

/** What rests on several facts is worth no more than the weakest of them. */
export function weakest(...facts: readonly Provenance[]): Provenance {
  return facts.every((fact) => fact === 'observed') ? 'observed' : 'written';
}

/** An observed fact. Text is redacted and bounded before it gets here. */
export interface Evidence {
  /** Short and stable within a run (`e1`, `e2`, …); diagnoses cite it. */
  readonly id: string;
  readonly source: EvidenceSource;
  /** One line for people: `container app: last exit 137 (OOMKilled)`. */
  readonly summary: string;
  /** The fact itself: a field's value, log lines, an event's message. */
  readonly detail: string;
  /** ISO 8601, where the source has a time. */
  readonly time?: string;
}

/** Something that could not be read (no right, timed out, no such API): shown, and never taken for "all is well". */
export interface EvidenceGap {
  readonly what: string;
  readonly reason: string;
}

/** The named symptoms that built-in rules can establish and re-check. */
export const findingNames = [
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'OOMKilled',
  'NodeNotReady',
  'NodePressure',
  'FailedScheduling',
  'FailedCreate',
  'CreateContainerConfigError',
  'FailedMount',
  'Unhealthy',
  'RolloutStuck',
  'NoEndpoints',
  'ScaledToZero',
  'ReplicasUnavailable',
  'WebhookUnavailable',
  'ProvisioningFailed',
  'ClaimUnbound',
  'ClaimLost',
  'VolumeFailed',
  'Forbidden',
  'BackoffLimitExceeded',
  'DeadlineExceeded',
  'JobFailed',
  'JobSuspended',
  'CronJobSuspended',
  'UnparseableSchedule',
  'TargetPortMismatch',
  'IngressClassNotFound',
  'IngressBackendNotFound',
  'IngressSecretNotFound',
  'FailedGetScale',
  'FailedGetResourceMetric',
  'FailedGetMetric',
  'TooManyReplicas',
] as const;
export type FindingName = (typeof findingNames)[number];

/** A machine-checkable symptom on a target: the same rule decides later whether it is gone. */
export interface Finding {
  readonly name: FindingName;
  /** The object that shows it: the workload or Service, not one of its pods. */
  readonly target: ObjectRef;
  /**
   * Objects beside the target that it concerns, such as the workload of an autoscaler or of a volume claim:
   * a change of one of them can make it go away too.
   */
  readonly alsoAbout?: readonly ObjectRef[];
  /** One sentence: `2 of 2 pods of checkout restart again and again; the app exits with code 1`. */
  readonly summary: string;
  /** Ids of the evidence it is made of. */
  readonly evidence: readonly string[];
}

/** A guess, told apart from findings. */
export interface Hypothesis {
  readonly statement: string;
  /** Ids of evidence that speaks for it. */
  readonly evidence: readonly string[];
}

/** The outcome of an investigation. */
export interface Diagnosis {
  readonly summary: string;
  /** Empty when the cause is not known; never invented. */
  readonly rootCause: string;
  readonly findings: readonly Finding[];
  readonly hypotheses: readonly Hypothesis[];
  readonly engine: 'claude' | 'builtin';
  /** What people must know of how this came about: `Claude did not answer (401): the built-in diagnosis was used`. */
  readonly notes: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly gaps: readonly EvidenceGap[];
  /** Remedies, in the order to try them. */
  readonly proposals: readonly ActionProposal[];
  /** The team's own runbooks that fit, the most specific first. */
  readonly runbooks?: readonly MatchedRunbook[];
}
