/** A run: one pass from incident to outcome. */
import type { Mode } from './decision.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Target } from './kubernetes.ts';
import type { Step, StepState } from './plan.ts';
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
  | 'interrupted';

/** Streamed while a run goes on. Only `record` is kept; the rest is for watching. */
export type RunEvent =
  | { readonly type: 'record'; readonly record: JournalRecord }
  /** Partial text of the analysis. */
  | { readonly type: 'analysis'; readonly runId: string; readonly text: string }
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

/** A person's answer. An approval names the hash of the argv that was seen; any other argv needs a new one. */
export type ApprovalAnswer =
  | { readonly type: 'approve'; readonly argvHash: string; readonly by?: string; readonly typedName?: string }
  /** A changed command, as text or argv: assessed and decided anew, then asked again. */
  | { readonly type: 'edit'; readonly command: string | readonly string[] }
  | { readonly type: 'dry-run' }
  | { readonly type: 'skip'; readonly reason?: string }
  | { readonly type: 'stop' };

/** Asked for every step whose decision is `ask`. Waits as long as the person needs; rejects only when `signal` fires. */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

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
  readonly diagnosis?: Diagnosis;
  readonly steps: readonly StepView[];
  /** How it ended, in words. */
  readonly message?: string;
}

/** A step with what became of it. */
export interface StepView extends Step {
  readonly state: StepState;
  readonly approvedBy?: string;
  readonly dryRun?: { readonly exitCode: number; readonly output: string };
}

/** What `OncallAgent.handleAlert` answers. A contract of the library face. */
export interface RemediationResult {
  readonly runId: string;
  readonly incidentId: string;
  readonly status: RunStatus;
  readonly diagnosis: Pick<
    Diagnosis,
    'summary' | 'rootCause' | 'findings' | 'hypotheses' | 'engine' | 'notes' | 'evidence' | 'gaps'
  >;
  readonly plan: { readonly steps: readonly Step[] };
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
