/** What the extension host and the plan panel say to each other. */
import * as z from 'zod/mini';
import type { AnalysisUsage } from '../domain/analysis.ts';
import type { BreakerStatus } from '../domain/decision.ts';
import type { RunView } from '../domain/run.ts';

/** What streams by while a run goes on, as far as the panel shows it. */
export interface RunStream {
  /** Partial text of the analysis. */
  readonly analysis: string;
  /** What the analysis has used up, and when that was heard (milliseconds since 1970). Absent where no model was asked. */
  readonly usage?: { readonly usage: AnalysisUsage; readonly at: number };
  /** What is going on, in words. */
  readonly message: string;
  readonly steps: Readonly<Record<string, { readonly message: string; readonly output: string }>>;
}

/** Everything the panel draws; it keeps nothing of its own but scroll position and open details. */
export interface PlanState {
  readonly run: RunView;
  readonly stream: RunStream;
  /** Whether the run goes on in this window and can be stopped. */
  readonly live: boolean;
  readonly breaker: BreakerStatus;
  /** A rehearsal, not production. */
  readonly practice: boolean;
  /** Whether PagerDuty lists the incident as open: what is not there cannot be resolved there. */
  readonly incidentIsOpen: boolean;
}

export interface ToPlan {
  readonly type: 'state';
  readonly state: PlanState;
}

const stepRef = { runId: z.string(), stepId: z.string() };

/** Messages from the panel. Checked at run time: a webview is outside. */
export const fromPlan = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('approve'), ...stepRef, argvHash: z.string() }),
  z.strictObject({ type: z.literal('dryRun'), ...stepRef }),
  z.strictObject({ type: z.literal('edit'), ...stepRef }),
  z.strictObject({ type: z.literal('skip'), ...stepRef }),
  z.strictObject({ type: z.literal('undo'), ...stepRef }),
  z.strictObject({ type: z.literal('checkInterrupted'), ...stepRef }),
  z.strictObject({ type: z.literal('stop'), runId: z.string() }),
  z.strictObject({ type: z.literal('copy'), ...stepRef }),
  z.strictObject({ type: z.literal('copyManifest'), ...stepRef }),
  z.strictObject({ type: z.literal('openEvidence'), runId: z.string(), evidenceId: z.string() }),
  z.strictObject({ type: z.literal('showDocument'), runId: z.string() }),
  z.strictObject({ type: z.literal('showSent'), runId: z.string() }),
  z.strictObject({ type: z.literal('report'), runId: z.string() }),
  z.strictObject({ type: z.literal('resolve'), incidentId: z.string() }),
  z.strictObject({ type: z.literal('showAudit') }),
  z.strictObject({ type: z.literal('switchMode') }),
]);
export type FromPlan = z.infer<typeof fromPlan>;
