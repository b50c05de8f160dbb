/** The journal's records: everything that happens, in the order in which it was decided. */
import type { BreakerStatus, Mode } from './decision.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { TargetCandidate } from './incident.ts';
import type { KubeObject, ObjectRef, Target } from './kubernetes.ts';
import type { Step, Undo } from './plan.ts';
import type { RunStatus } from './run.ts';

export interface Actor {
  readonly type: 'user' | 'system';
  readonly name: string;
}

/** What each type of record holds. A record is written and flushed before the deed it announces. */
export interface RecordData {
  RunStarted: {
    alert: { id: string; title: string; service?: string; urgency?: string };
    mode: Mode;
    context: string;
  };
  /** With a doubt, nothing of the run is executed without a person. */
  TargetResolved: { target: Target; reason: string; doubt?: string };
  /** No one object could be told: a person may choose. */
  TargetUnclear: { candidates: readonly TargetCandidate[]; reason: string };
  Diagnosed: { diagnosis: Diagnosis };
  Planned: { steps: readonly Step[] };
  /** A step with an edited command or a renewed decision takes the place of the one with its id. */
  StepReplaced: { step: Step; why: string };
  ApprovalRequested: { stepId: string };
  Approved: { stepId: string; argvHash: string; typedName?: string };
  StepSkipped: { stepId: string; reason: string };
  StepRefused: { stepId: string; reason: string };
  DryRunFinished: { stepId: string; exitCode: number; output: string };
  ExecutionStarted: {
    stepId: string;
    argv: readonly string[];
    context: string;
    namespace?: string;
    transport: 'kubectl';
    /** Ran without a person's approval. */
    automatic: boolean;
    /** The objects it touches, as they were: what undo goes back to. */
    before: readonly KubeObject[];
    /** What they asked for then, told by live objects: `before` is redacted on its way into the journal. */
    wishes?: readonly { ref: ObjectRef; specHash: string }[];
    undo?: Undo;
  };
  ExecutionFinished: {
    stepId: string;
    exitCode: number;
    durationMs: number;
    output: string;
    error?: string;
    /** Broken off by a person: neither a success nor a failure. */
    cancelled?: boolean;
    /** What the touched objects asked for right after: an undo refuses when that is no longer so. */
    after?: readonly { ref: ObjectRef; specHash: string }[];
  };
  VerificationStarted: { stepId: string };
  VerificationFinished: { stepId: string; verified: boolean; message: string };
  /** An undo, itself a step of the run. */
  UndoPlanned: { step: Step };
  RunEnded: { status: RunStatus; message: string };
  BreakerReset: { was: BreakerStatus };
  AutomationStopped: Record<string, never>;
  AutomationResumed: Record<string, never>;
}

export type RecordType = keyof RecordData;

interface RecordBase<T extends RecordType> {
  /** Counts up from 1 within one file. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly runId: string | null;
  readonly incidentId: string | null;
  readonly actor: Actor;
  readonly type: T;
  readonly data: RecordData[T];
  /** `hash` of the record before, or of the file's start. */
  readonly prev: string;
  /** SHA-256, hexadecimal, over the record without `hash`. */
  readonly hash: string;
}

export type JournalRecord = { [T in RecordType]: RecordBase<T> }[RecordType];

/** A record before the journal numbers, dates and chains it. */
export type NewRecord = {
  [T in RecordType]: Pick<RecordBase<T>, 'runId' | 'incidentId' | 'actor' | 'type' | 'data'>;
}[RecordType];
