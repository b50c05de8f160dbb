/** What the audit log panel lists, and what can be asked of it. */
import * as z from 'zod/mini';
import type { AuditEntry } from './audit.ts';
import { plain } from './plain.ts';
import type { Actor } from './record.ts';
import type { WriteBackKind, WriteBackOutcome } from './write-back.ts';

/** What PagerDuty was to be told, and whether it was. */
export interface WriteBackEntry {
  /** ISO 8601: when it was wanted. */
  readonly time: string;
  readonly id: string;
  readonly incidentId: string;
  /** Absent where a person asked for it without a run. */
  readonly runId?: string;
  readonly what: WriteBackKind;
  readonly by: Actor;
  /** `waiting`: it is still to be sent. */
  readonly outcome: WriteBackOutcome | 'waiting';
  /** What came of it, in words. */
  readonly message: string;
  /** ISO 8601: when that was; absent while it waits. */
  readonly doneAt?: string;
  /** A note's text, as it was sent. */
  readonly text?: string;
}

/** What was done to the automation as a whole, or befell the audit log. */
export interface AutomationEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly what: 'stopped' | 'resumed' | 'breaker-reset' | 'journal-lost';
  readonly by: Actor;
  readonly outcome: 'done';
  /** What it means, in words. */
  readonly message: string;
}

/** One line of the panel. `key` tells it from all others and stays while its outcome changes. */
export type AuditRow =
  | { readonly kind: 'step'; readonly key: string; readonly entry: AuditEntry }
  | { readonly kind: 'write-back'; readonly key: string; readonly entry: WriteBackEntry }
  | { readonly kind: 'automation'; readonly key: string; readonly entry: AutomationEntry };

/** What each deed of {@link AutomationEntry} is called. */
export const automationWords: Readonly<Record<AutomationEntry['what'], string>> = {
  stopped: 'Stop all automation',
  resumed: 'Resume automation',
  'breaker-reset': 'Reset the circuit breaker',
  'journal-lost': 'The audit log lost files',
};

/** The outcomes that can be asked for: those of steps, and those of what PagerDuty was told. */
export const auditOutcomes = [
  'verified',
  'done',
  'failed',
  'interrupted',
  'not-seen',
  'undone',
  'refused',
  'skipped',
  'previewed',
  'awaiting-approval',
  'pending',
  'executing',
  'verifying',
  'written',
  'already',
  'given-up',
  'waiting',
] as const satisfies readonly (AuditEntry['outcome'] | WriteBackEntry['outcome'])[];
export type AuditOutcome = (typeof auditOutcomes)[number];

const text = z.string().check(z.maxLength(200));

/** What is asked for; everything that is set must hold. Texts are found anywhere, in large or small letters. */
export const auditFilterSchema = z.strictObject({
  /** In the incident's id or title. */
  incident: z.optional(text),
  outcome: z.optional(z.enum(auditOutcomes)),
  risk: z.optional(z.enum(['low', 'medium', 'high'])),
  /** In the name of who triggered or approved it. */
  actor: z.optional(text),
  /** In the name of the kubeconfig context. */
  context: z.optional(text),
  /** ISO 8601: from then on, and before then. */
  from: z.optional(z.iso.datetime()),
  before: z.optional(z.iso.datetime()),
  /** In the command, what was said of it, or its output. */
  text: z.optional(text),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

/** A filter as a sentence, for people: `outcome failed, risk high`. Undefined where everything is asked for. */
export function describeFilter(filter: AuditFilter): string | undefined {
  const { incident, outcome, risk, actor, context, from, before, text: words } = filter;
  const parts = [
    incident && `incident “${plain(incident, 200)}”`,
    outcome && `outcome ${outcome}`,
    risk && `risk ${risk}`,
    actor && `by “${plain(actor, 200)}”`,
    context && `context “${plain(context, 200)}”`,
    from && `from ${from}`,
    before && `before ${before}`,
    words && `with “${plain(words, 200)}”`,
  ].filter((part): part is string => typeof part === 'string' && part !== '');
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** How outcomes are drawn together. */
export const outcomeGroups = ['succeeded', 'failed', 'not-run', 'undecided'] as const;
export type OutcomeGroup = (typeof outcomeGroups)[number];

/** What became of steps on one day. */
export interface OutcomeDay extends Readonly<Record<OutcomeGroup, number>> {
  /** `2026-11-22`, in UTC as in the names of the journal's files. */
  readonly day: string;
}

/** How long it took a run, from its beginning until its incident was verified to be over. */
export interface Mitigation {
  /** ISO 8601: when the run began. */
  readonly time: string;
  readonly milliseconds: number;
}

/** Numbers to draw. */
export interface AuditStatistics {
  /** Oldest first; days on which nothing was decided are left out. */
  readonly days: readonly OutcomeDay[];
  /** Oldest first; of very many only some are kept, evenly. */
  readonly mitigations: readonly Mitigation[];
  /** How many runs ended their incident, and how long half of them took at most, in milliseconds. */
  readonly mitigated: number;
  readonly medianMs?: number;
}
