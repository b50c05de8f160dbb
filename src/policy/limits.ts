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

/** How many actions ran automatically for an incident. */
export function automaticActions(actions: readonly AutomaticAction[], incidentId: string): number {
  return actions.filter((action) => action.incidentId === incidentId).length;
}
