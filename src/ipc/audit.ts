/** What the extension host and the audit log panel say to each other. */
import * as z from 'zod/mini';
import type { AuditEntry } from '../domain/audit.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';

/** Whether the journal's chains are whole. */
export interface ChainStatus {
  readonly intact: boolean;
  /** `3 files, 120 records` or `2026-11-22-ab12.jsonl, line 17: the hash does not match`. */
  readonly message: string;
}

export interface AuditState {
  /** Newest first, at most `shown` of `total`. */
  readonly entries: readonly AuditEntry[];
  readonly total: number;
  /** Absent where the journal could not be read for it. */
  readonly reliability?: ReliabilityReport;
  readonly chain?: ChainStatus;
  /** Whether these are entries of rehearsals. */
  readonly practice: boolean;
}

export interface ToAudit {
  readonly type: 'state';
  readonly state: AuditState;
}

/** Messages from the panel. Checked at run time: a webview is outside. */
export const fromAudit = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('more') }),
  z.strictObject({ type: z.literal('verify') }),
  z.strictObject({ type: z.literal('showRun'), runId: z.string() }),
  z.strictObject({ type: z.literal('report'), runId: z.string() }),
  z.strictObject({ type: z.literal('undo'), runId: z.string(), stepId: z.string() }),
  z.strictObject({ type: z.literal('checkInterrupted'), runId: z.string(), stepId: z.string() }),
]);
export type FromAudit = z.infer<typeof fromAudit>;
