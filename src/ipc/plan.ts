/** What the extension host and the plan panel say to each other. */
import * as z from 'zod/mini';
import type { AnalysisUsage } from '../domain/analysis.ts';
import type { ContextAppearance } from '../domain/context-appearance.ts';
import type { BreakerStatus } from '../domain/decision.ts';
import type { RunView } from '../domain/run.ts';
import type { SeenStep } from './planTogether.ts';

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

/** What a piece of a command is. */
export type TokenKind = 'program' | 'verb' | 'type' | 'name' | 'flag' | 'value' | 'plain';

/** A piece of a command. The pieces of a command, put together, are its text. */
export interface CommandToken {
  readonly text: string;
  readonly kind: TokenKind;
}

/** One line of the run's timeline. */
export interface TimelineEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
  /** A command that the line is about. */
  readonly command?: string;
  /** Who did it; absent for what the agent itself did. */
  readonly by?: string;
}

/** Everything the panel draws; it keeps nothing of its own but scroll position and open details. */
export interface PlanState {
  readonly run: RunView;
  readonly stream: RunStream;
  /** Whether the run goes on in this window and can be stopped. */
  readonly live: boolean;
  /** Why the plan is outdated: what other runs did since it was made; a sentence. */
  readonly outdated?: string;
  readonly breaker: BreakerStatus;
  /** A rehearsal, not production. */
  readonly practice: boolean;
  /** Whether PagerDuty lists the incident as open: what is not there cannot be resolved there. */
  readonly incidentIsOpen: boolean;
  /** How the run's context looks. */
  readonly appearance: ContextAppearance;
  /** By step id: the pieces of its command and of the one that takes it back. */
  readonly tokens: Readonly<
    Record<string, { readonly command: readonly CommandToken[]; readonly undo: readonly CommandToken[] }>
  >;
  /** By step id: when its command was started last, ISO 8601. */
  readonly runningSince: Readonly<Record<string, string>>;
  /** What was written down of the run, the oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** The steps that may be approved together now, in order; empty where there are none. */
  readonly together: readonly SeenStep[];
  /** The steps that were approved together last. */
  readonly approvedTogether: readonly SeenStep[];
  /** Ids of the steps that are approved although their turn has not come. */
  readonly approvedAhead: readonly string[];
  /** Why the last answer was not taken. */
  readonly refusal?: { readonly stepId: string; readonly message: string };
}

export interface ToPlan {
  readonly type: 'state';
  readonly state: PlanState;
}

const stepRef = { runId: z.string(), stepId: z.string() };
const seenStep = z.strictObject({ stepId: z.string(), argvHash: z.string() });

/** Messages from the panel. Checked at run time: a webview is outside. */
export const fromPlan = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('approve'),
    ...stepRef,
    argvHash: z.string(),
    typedName: z.optional(z.string().check(z.maxLength(2000))),
  }),
  z.strictObject({
    type: z.literal('approveTogether'),
    runId: z.string(),
    steps: z.array(seenStep).check(z.minLength(2), z.maxLength(100)),
  }),
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
  z.strictObject({ type: z.literal('remediate'), incidentId: z.string() }),
  z.strictObject({ type: z.literal('showAudit') }),
  z.strictObject({ type: z.literal('switchMode') }),
  z.strictObject({ type: z.literal('doctor') }),
]);
export type FromPlan = z.infer<typeof fromPlan>;

/** What the page keeps of its own over a tab switch and a reload, as far as the extension host reads it. */
export const keptPlan = z.object({ runId: z.string().check(z.minLength(1), z.maxLength(200)) });
