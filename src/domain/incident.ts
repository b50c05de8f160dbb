/** Incidents as PagerDuty reports them, and alerts as the agent takes them. */
import * as z from 'zod/mini';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';
export type Urgency = 'high' | 'low';

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

/** What an alert says about its target, in any of the forms that monitoring tools use. Untrusted. */
export interface TargetHint {
  readonly namespace?: string;
  /** PascalCase kind, where the source says it. */
  readonly kind?: string;
  readonly name?: string;
  /** A monitoring tool's name for the cluster. */
  readonly cluster?: string;
  /** Where it was read: `label deployment`, `Datadog tag kube_deployment`, `title`. */
  readonly source: string;
}
