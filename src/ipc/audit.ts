/** What the extension host and the audit log panel say to each other. */
import * as z from 'zod/mini';
import { auditFilterSchema, type AuditRow, type AuditStatistics } from '../domain/audit-log.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';

/** Whether the journal's chains are whole. */
export interface ChainStatus {
  readonly intact: boolean;
  /** `3 files, 120 records` or `2026-11-22-ab12.jsonl, line 17: the hash does not match`. */
  readonly message: string;
}

/** How far the journal was read, 0 to 1. */
export type Share = number;

/** How a reading stands: `page`: enough is shown, and older lines may follow. */
export type ReadingState = 'reading' | 'page' | 'end' | 'stopped' | 'failed';

export interface AuditHead {
  /** Whether these are entries of rehearsals. */
  readonly practice: boolean;
  /** What was last said of the chains, and when (ISO 8601). */
  readonly chain?: ChainStatus & { readonly time: string };
  /** How far the chains were walked; absent where they are not. */
  readonly verifying?: Share;
}

export type ToAudit =
  | { readonly type: 'head'; readonly head: AuditHead }
  /** Another journal holds now: everything is to be asked for anew. */
  | { readonly type: 'turned' }
  | {
      readonly type: 'rows';
      /** The number of the question. */
      readonly id: number;
      /** To be put behind those that are shown. */
      readonly rows: readonly AuditRow[];
      readonly state: ReadingState;
      readonly share: Share;
      /** Lines so far that could not be read as records. */
      readonly leftOut: number;
      /** Why the journal cannot be read. */
      readonly message?: string;
    }
  /** The newest lines as they are now: they take the place of all that are shown and not older than `since`. */
  | {
      readonly type: 'newest';
      readonly id: number;
      readonly rows: readonly AuditRow[];
      /** ISO 8601; empty where there is nothing older. */
      readonly since: string;
    }
  | {
      readonly type: 'charts';
      readonly id: number;
      readonly statistics: AuditStatistics;
      /** Absent where the journal could not be read for it. */
      readonly reliability?: ReliabilityReport;
      readonly state: ReadingState;
      readonly share: Share;
      readonly message?: string;
    };

export const exportFormats = ['json', 'csv', 'markdown'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const id = z.number();
const filter = auditFilterSchema;

/** Messages from the panel. Checked at run time: a webview is outside. */
export const fromAudit = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** A new question takes the place of the one before. `rows`: how many lines to begin with. */
  z.strictObject({ type: z.literal('query'), id, filter, rows: z.int().check(z.gte(1), z.lte(2000)) }),
  z.strictObject({ type: z.literal('more'), id }),
  z.strictObject({ type: z.literal('stop'), id }),
  z.strictObject({ type: z.literal('charts'), id, filter }),
  z.strictObject({ type: z.literal('stopCharts'), id }),
  z.strictObject({ type: z.literal('export'), format: z.enum(exportFormats), filter }),
  z.strictObject({ type: z.literal('verify') }),
  z.strictObject({ type: z.literal('stopVerify') }),
  z.strictObject({ type: z.literal('showRun'), runId: z.string() }),
  z.strictObject({ type: z.literal('report'), runId: z.string() }),
  z.strictObject({ type: z.literal('undo'), runId: z.string(), stepId: z.string() }),
  z.strictObject({ type: z.literal('checkInterrupted'), runId: z.string(), stepId: z.string() }),
]);
export type FromAudit = z.infer<typeof fromAudit>;
