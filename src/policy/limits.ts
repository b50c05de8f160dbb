/** How much automation may do: per incident, and to the same object. */
import { sameRef } from '../domain/kubernetes.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';

/** A change that ran without a person's approval. */
export interface AutomaticAction {
  /** ISO 8601: when it started. */
  readonly time: string;
  readonly incidentId: string;
  readonly target: ObjectRef;
}

/**
 * Whether the same object was changed automatically within the cool-down, for whatever incident.
 * A time that cannot be read, or that lies ahead, counts as just now.
 */
export function coolingDown(
  actions: readonly AutomaticAction[],
  target: ObjectRef,
  now: Date,
  cooldownSeconds: number,
): boolean {
  return actions.some(
    (action) =>
      sameRef(action.target, target) && !(now.getTime() - Date.parse(action.time) >= cooldownSeconds * 1000),
  );
}

const hour = 3_600_000;

/** A change by automation, as the brake counts it. */
export interface CountedChange {
  readonly runId: string;
  readonly context: string;
  /** Ran without a person's approval. */
  readonly automatic: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A change that automation is about to begin. */
export type AnnouncedChange = Omit<CountedChange, 'automatic' | 'startedAt'>;

/**
 * Changes that automation began in a context within the hour before `now`, and those that other runs are about to begin there.
 * Those of `runId` itself count once they have begun. A time that cannot be read, or that lies ahead, counts as just now.
 */
export function changesThisHour(
  begun: Iterable<CountedChange>,
  announced: readonly AnnouncedChange[],
  { context, runId }: { readonly context: string; readonly runId: string },
  now: Date,
): number {
  let count = announced.filter((one) => one.context === context && one.runId !== runId).length;
  for (const change of begun) {
    if (
      change.automatic &&
      change.context === context &&
      !(now.getTime() - Date.parse(change.startedAt) > hour)
    )
      count++;
  }
  return count;
}

/** Changes that automation makes at this moment or is about to make, in whatever context, beside those of `runId`. */
export function changesAtOnce(
  underWay: readonly CountedChange[],
  announced: readonly AnnouncedChange[],
  runId: string,
): number {
  return (
    underWay.filter((one) => one.automatic && one.runId !== runId).length +
    announced.filter((one) => one.runId !== runId).length
  );
}

/** How many actions ran automatically for an incident. */
export function automaticActions(actions: readonly AutomaticAction[], incidentId: string): number {
  return actions.filter((action) => action.incidentId === incidentId).length;
}
