/** What is known, what follows from it, and what is guessed: evidence, findings, hypotheses. */
import type { ActionProposal } from './action.ts';
import type { ObjectRef } from './kubernetes.ts';

/** Where a piece of evidence can be opened again. */
export type EvidenceSource =
  | { readonly type: 'object'; readonly ref: ObjectRef; readonly path: string }
  | { readonly type: 'event'; readonly ref: ObjectRef; readonly reason: string }
  | {
      readonly type: 'logs';
      readonly ref: ObjectRef;
      readonly container: string;
      readonly previous: boolean;
    };

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
  'RolloutStuck',
  'NoEndpoints',
  'ScaledToZero',
] as const;
export type FindingName = (typeof findingNames)[number];

/** A machine-checkable symptom on a target: the same rule decides later whether it is gone. */
export interface Finding {
  readonly name: FindingName;
  /** The object that shows it: the workload or Service, not one of its pods. */
  readonly target: ObjectRef;
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
}
