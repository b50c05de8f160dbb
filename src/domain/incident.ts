/** Incidents as PagerDuty reports them, and alerts as the agent takes them. */
import * as z from 'zod/mini';
import type { Target } from './kubernetes.ts';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';
export type Urgency = 'high' | 'low';

/** Something that PagerDuty knows by an id: a service, a team, a person. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** One PagerDuty incident, reduced to what the product shows and uses. All text is from outside: data, never markup. */
export interface Incident {
  readonly id: string;
  readonly number?: number;
  readonly title: string;
  readonly status: IncidentStatus;
  readonly urgency: Urgency;
  readonly service?: { readonly id: string; readonly name: string };
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; with `id` it tells one version of an incident from the next. */
  readonly updatedAt: string;
  /** Page in PagerDuty; only `https:` and, in practice, loopback addresses are opened. */
  readonly url?: string;
  readonly assignees: readonly string[];
  /** Ids of {@link assignees}, where they have one. */
  readonly assigneeIds?: readonly string[];
  readonly teams?: readonly Named[];
  /** When a snoozed or acknowledged incident triggers again by itself, ISO 8601. */
  readonly triggersAgainAt?: string;
  readonly acknowledgedBy: readonly string[];
  readonly priority?: string;
}

/** What the agent is given to remediate. `details` is whatever the monitoring tool sent: an object, a string, anything. */
export const alertSchema = z.object({
  id: z.string().check(z.minLength(1)),
  title: z.string(),
  service: z.optional(z.string()),
  urgency: z.optional(z.string()),
  details: z.optional(z.unknown()),
  target: z.optional(z.object({ namespace: z.string(), kind: z.string(), name: z.string() })),
});
export type Alert = z.infer<typeof alertSchema>;

/**
 * How far a hint is to be trusted, from the best: what the caller names; what a monitoring tool labels; what stands in some other
 * field; what a person wrote into a sentence; labels of whatever reported the metric; a mere likeness of names.
 */
export const trusts = ['given', 'labelled', 'mentioned', 'written', 'incidental', 'alike'] as const;
export type Trust = (typeof trusts)[number];

/** What an alert says about its target, in any of the forms that monitoring tools use. Untrusted. */
export interface TargetHint {
  readonly namespace?: string;
  /** PascalCase kind, where the source says it. */
  readonly kind?: string;
  readonly name?: string;
  /** A monitoring tool's name for the cluster. */
  readonly cluster?: string;
  /** Where it was read: `label deployment`, `tag kube_deployment`, `title`. */
  readonly source: string;
  readonly trust: Trust;
}

/** An object that an alert may be about, where more than one may be. */
export interface TargetCandidate {
  readonly target: Target;
  /** One sentence: what leads to it, and how it is. */
  readonly reason: string;
}

/** A change that PagerDuty was told of: a deployment, a flag, a migration. All text is from outside. */
export interface Change {
  readonly id: string;
  readonly summary: string;
  /** ISO 8601. */
  readonly time?: string;
  /** Who or what reported it. */
  readonly source?: string;
  readonly url?: string;
  /** What else the tool sent with it. */
  readonly details?: unknown;
}

/** Another incident that PagerDuty puts beside this one. All text is from outside. */
export interface OtherIncident {
  readonly id: string;
  readonly title: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly url?: string;
}

/** A note on an incident. All text is from outside. */
export interface Note {
  readonly id: string;
  readonly content: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly author?: string;
}

/**
 * What is known around an incident beside its alert. A run asks each question once at most; each may be slow or fail,
 * and what an account does not have is empty.
 */
export interface IncidentBackground {
  /** Page of the incident. */
  readonly url?: string;
  changes(signal: AbortSignal): Promise<readonly Change[]>;
  /** Earlier incidents like this one. */
  past(signal: AbortSignal): Promise<readonly OtherIncident[]>;
  /** Incidents that go on at the same time. */
  related(signal: AbortSignal): Promise<readonly OtherIncident[]>;
  notes(signal: AbortSignal): Promise<readonly Note[]>;
}
