/** A run: one pass from incident to outcome. */
import type { AnalysisUsage, SentRequest } from './analysis.ts';
import type { ApprovalAnswer } from './approval.ts';
import type { Authorship } from './authorship.ts';
import type { Mode } from './decision.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { TargetCandidate } from './incident.ts';
import type { InterruptionCheck } from './interruption.ts';
import type { Target } from './kubernetes.ts';
import type { Step, StepState } from './plan.ts';
import type { Preview } from './preview.ts';
import type { JournalRecord } from './record.ts';

/** How a run ended, or where it waits. */
export type RunStatus = 'resolved' | 'unresolved' | 'undone' | 'proposed' | 'awaiting-approval' | 'stopped';

/** Where a run is. */
export type RunPhase =
  | 'detected'
  | 'investigating'
  | 'planned'
  | 'awaiting approval'
  | 'executing'
  | 'verifying'
  | 'resolved'
  | 'unresolved'
  | 'undone'
  | 'proposed'
  | 'stopped'
  | 'interrupted'
  /** It ended, and what came of a step that ran could not be seen. */
  | 'not seen';

/** Streamed while a run goes on. Only `record` is kept; the rest is for watching. */
export type RunEvent =
  | { readonly type: 'record'; readonly record: JournalRecord }
  /** Partial text of the analysis. */
  | { readonly type: 'analysis'; readonly runId: string; readonly text: string }
  /** What the analysis has used up so far. */
  | { readonly type: 'usage'; readonly runId: string; readonly usage: AnalysisUsage }
  /** A request to the model, as it left. */
  | { readonly type: 'sent'; readonly runId: string; readonly request: SentRequest }
  /** What is going on, in words: `2 of 3 replicas ready`. */
  | { readonly type: 'progress'; readonly runId: string; readonly stepId?: string; readonly message: string }
  /** One line of a command's output, without terminal escapes. */
  | {
      readonly type: 'output';
      readonly runId: string;
      readonly stepId: string;
      readonly stream: 'stdout' | 'stderr';
      readonly line: string;
    };

export interface ApprovalRequest {
  readonly runId: string;
  readonly incidentId: string;
  readonly step: Step;
}

export type { ApprovalAnswer } from './approval.ts';

/**
 * Asked for every step whose decision is `ask`. Waits as long as the person needs; rejects only when `signal` fires.
 * Whatever is no {@link ApprovalAnswer} ends the run with an error that names the answers.
 */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

/** What a person is asked where an alert may be about several objects, or about one that is a mere guess. */
export interface TargetQuestion {
  readonly runId: string;
  readonly incidentId: string;
  /** Why it could not be told. */
  readonly reason: string;
  /** One at least. */
  readonly candidates: readonly TargetCandidate[];
}

/** Chooses one of the candidates; undefined where none is right. Waits as long as the person needs; rejects only when `signal` fires. */
export type TargetChooser = (
  question: TargetQuestion,
  signal: AbortSignal,
) => Promise<TargetCandidate | undefined>;

/** A run as people see it: a pure function of its records. */
export interface RunView {
  readonly runId: string;
  readonly incidentId: string;
  readonly title: string;
  readonly service?: string;
  readonly urgency?: string;
  readonly mode: Mode;
  readonly context: string;
  readonly phase: RunPhase;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly target?: Target;
  readonly targetReason?: string;
  /** Why it is not sure that the run is in the right place. */
  readonly targetDoubt?: string;
  /** What the alert may be about, where no one object could be told. */
  readonly candidates?: readonly TargetCandidate[];
  readonly diagnosis?: Diagnosis;
  readonly steps: readonly StepView[];
  /** How it ended, in words. */
  readonly message?: string;
}

/** A step with what became of it. */
export interface StepView extends Step, Authorship {
  readonly state: StepState;
  readonly approvedBy?: string;
  readonly dryRun?: { readonly exitCode: number; readonly output: string };
  /** What it would do, as last looked at. */
  readonly preview?: Preview;
  /** The last look at what became of it, where it was interrupted or could not be seen. */
  readonly interruption?: InterruptionCheck;
}

/** What `OncallAgent.handleAlert` answers. A contract of the library face. */
export interface RemediationResult {
  readonly runId: string;
  readonly incidentId: string;
  readonly status: RunStatus;
  readonly diagnosis: Pick<
    Diagnosis,
    | 'summary'
    | 'rootCause'
    | 'findings'
    | 'hypotheses'
    | 'engine'
    | 'notes'
    | 'evidence'
    | 'gaps'
    | 'runbooks'
  >;
  readonly plan: { readonly steps: readonly Step[] };
  /** Where no target was found: what the alert may be about. To go on, hand the alert in again with one as its `target`. */
  readonly candidates?: readonly TargetCandidate[];
  readonly executionResults: {
    readonly actionsAttempted: number;
    readonly actionsSuccessful: number;
    readonly actionsFailed: number;
    readonly actionsSkipped: number;
    readonly results: readonly {
      readonly stepId: string;
      readonly state: StepState;
      readonly message: string;
    }[];
  };
}
