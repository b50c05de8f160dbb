/** What the audit log and the execution history show, one entry for each step that was decided. */
import type { Outcome } from './decision.ts';
import type { RiskAssessment } from './risk.ts';
import type { StepState } from './plan.ts';
import type { Actor } from './record.ts';

/** One line of the audit log. */
export interface AuditEntry {
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
  readonly confidence: number;
  readonly decision: { readonly outcome: Outcome; readonly reason: string };
  readonly triggeredBy: Actor;
  /** Absent where nobody approved (yet). */
  readonly approvedBy?: Actor;
  readonly transport?: 'kubectl';
  readonly outcome: StepState;
  readonly message: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Bounded and redacted. */
  readonly output?: string;
  readonly verification?: { readonly verified: boolean; readonly message: string };
  readonly undo?: { readonly command: string; readonly undone: boolean };
}

/** One executed command. */
export type ExecutionRecord = AuditEntry & { readonly exitCode: number; readonly durationMs: number };
