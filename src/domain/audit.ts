/** What the audit log and the execution history show, one entry for each step that was decided. */
import type { Authorship } from './authorship.ts';
import type { Outcome } from './decision.ts';
import type { InterruptionCheck } from './interruption.ts';
import type { RiskAssessment } from './risk.ts';
import type { StepOutcome, StepState } from './plan.ts';
import type { Actor } from './record.ts';
import type { Transport } from './transport.ts';
import type { VerificationOutcome } from './verification.ts';

/** One line of the audit log. */
export interface AuditEntry extends Authorship {
  /** ISO 8601: when the execution started, or else when it was decided. */
  readonly time: string;
  readonly runId: string;
  readonly incidentId: string;
  readonly incidentTitle: string;
  readonly stepId: string;
  readonly action: string;
  readonly command: string;
  readonly argv: readonly string[];
  readonly context: string;
  readonly namespace?: string;
  readonly risk: RiskAssessment;
  /** Absent where a person edited the command: nobody claimed anything for it. */
  readonly confidence?: number;
  /** Who wrote the command, where it is not the one that was proposed. */
  readonly editedBy?: string;
  readonly decision: { readonly outcome: Outcome; readonly reason: string };
  readonly triggeredBy: Actor;
  /** Absent where nobody approved (yet). */
  readonly approvedBy?: Actor;
  readonly transport?: Transport;
  /** The tool of the MCP server that it was carried out with. */
  readonly tool?: string;
  /** Why kubectl ran it although the MCP server was asked for. */
  readonly fallback?: string;
  readonly outcome: StepState;
  readonly message: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Bounded and redacted. */
  readonly output?: string;
  readonly verification?: {
    readonly verified: boolean;
    /** Tells what was seen not to be over from what could not be seen. */
    readonly outcome?: VerificationOutcome;
    readonly message: string;
    /** What was last seen where it was not verified. */
    readonly evidence?: readonly string[];
  };
  /** The last look at what became of it, where it was interrupted. */
  readonly interruption?: InterruptionCheck;
  readonly undo?: {
    readonly command: string;
    readonly undone: boolean;
    /** Why there is nothing to take back although there is a way. */
    readonly noUndo?: StepOutcome['noUndo'];
  };
}

/** One executed command. */
export type ExecutionRecord = AuditEntry & { readonly exitCode: number; readonly durationMs: number };
