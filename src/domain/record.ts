/** The journal's records: everything that happens, in the order in which it was decided. */
import type { BreakerStatus, Mode } from './decision.ts';
import type { Diagnosis, Evidence } from './diagnosis.ts';
import type { TargetCandidate } from './incident.ts';
import type { InterruptionResult } from './interruption.ts';
import type { KubeObject, ObjectRef, Target } from './kubernetes.ts';
import type { Step, Undo } from './plan.ts';
import type { Preview } from './preview.ts';
import type { RunStatus } from './run.ts';
import type { RunStopper } from './run-stop.ts';
import type { Transport } from './transport.ts';
import type { Effect, VerificationOutcome } from './verification.ts';
import type { WriteBackKind, WriteBackOutcome } from './write-back.ts';

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
  /** `causes` names what its changes are about: a run with one of them in common is about the same trouble. */
  Planned: { steps: readonly Step[]; causes?: readonly string[] };
  /** A step with an edited command or a renewed decision takes the place of the one with its id. */
  StepReplaced: { step: Step; why: string };
  /** What a step would do, as far as it can be told beforehand. The latest one counts. */
  Previewed: { stepId: string; preview: Preview };
  ApprovalRequested: { stepId: string };
  Approved: { stepId: string; argvHash: string; typedName?: string };
  /**
   * Automation is about to begin a change, if the brake lets it: written before the others are counted, so that of those who
   * begin at one moment each is seen by whoever comes later.
   */
  ChangeAnnounced: { stepId: string; context: string; causes: readonly string[] };
  /** It did not begin: others came before it. */
  ChangeWithdrawn: { stepId: string; reason: string };
  StepSkipped: { stepId: string; reason: string };
  StepRefused: { stepId: string; reason: string };
  DryRunFinished: { stepId: string; exitCode: number; output: string };
  ExecutionStarted: {
    stepId: string;
    argv: readonly string[];
    context: string;
    namespace?: string;
    transport: Transport;
    /** The tool of the MCP server that it was carried out with. */
    tool?: string;
    /** Why kubectl runs it although the MCP server was asked for. */
    fallback?: string;
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
    /** Broken off by a person: neither a success nor a failure, and it may have taken effect. */
    cancelled?: boolean;
    /** What it did, where it ended with an error and somebody looked. */
    effect?: Effect;
    /** What the touched objects asked for right after: an undo refuses when that is no longer so. */
    after?: readonly { ref: ObjectRef; specHash: string }[];
    /** The step was there to read: its output is evidence of the run from now on. */
    evidence?: Pick<Evidence, 'source' | 'summary'>;
  };
  VerificationStarted: { stepId: string };
  VerificationFinished: {
    stepId: string;
    verified: boolean;
    /** Tells what was seen not to be over from what was not seen. Absent in records of earlier versions. */
    outcome?: VerificationOutcome;
    message: string;
    /** What was last seen where it was not verified, a line each. */
    evidence?: readonly string[];
  };
  /** Somebody looked at the cluster for what became of an interrupted step. Nothing is run again for it. */
  InterruptionChecked: { stepId: string; result: InterruptionResult; message: string };
  /** An undo, itself a step of the run. */
  UndoPlanned: { step: Step };
  RunEnded: {
    status: RunStatus;
    message: string;
    /** Who or what broke it off; absent where it came to its own end. The actor of a person's stop is that person. */
    by?: RunStopper | 'error';
  };
  /**
   * The run was broken off in the middle of a step, whose outcome is unknown: it was not waited for. No result of the step is
   * claimed, and the run has not ended for those who look for what was interrupted. `message` is why, as a clause.
   */
  RunInterrupted: { stepId: string; by: RunStopper | 'error'; message: string };
  BreakerReset: { was: BreakerStatus };
  AutomationStopped: Record<string, never>;
  AutomationResumed: Record<string, never>;
  /** Files that a window had read or written are gone or are not what they were. Nothing runs by itself until it is resumed. */
  JournalLost: { files: readonly string[] };
  /** A person gives an incident to automation, whoever had it before. */
  HandedOver: Record<string, never>;
  /** PagerDuty is to be told something. It is tried until there is a WriteBackDone of the same id. */
  WriteBackWanted: {
    id: string;
    kind: WriteBackKind;
    /** Address of the REST API that knows the incident: it is sent nowhere else. */
    to: string;
    /** The window that sends it. */
    window: string;
  };
  /** Another window sends it from now on, because it stayed unsent for long. */
  WriteBackTaken: { id: string; window: string };
  WriteBackDone: {
    id: string;
    kind: WriteBackKind;
    outcome: WriteBackOutcome;
    message: string;
    /** A note's text, as it was sent. */
    text?: string;
  };
}

export type RecordType = keyof RecordData;

/** The form in which records are written. It grows where what they hold means something else than before. */
export const recordFormat = 1;

interface RecordBase<T extends RecordType> {
  /** See {@link recordFormat}; absent in records of before it was kept. */
  readonly format?: number;
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
