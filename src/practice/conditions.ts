/** Status conditions, and what they say of a pod. */
import type { Condition, Pod } from './objects.ts';

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * Puts a condition in its place. The time of transition stays while the status does.
 * @returns the same array where status, reason and message say what they said before
 */
export function withCondition(
  conditions: readonly Condition[],
  next: Condition,
  now: string,
): readonly Condition[] {
  const before = conditionOf(conditions, next.type);
  if (
    before &&
    before.status === next.status &&
    before.reason === next.reason &&
    before.message === next.message
  ) {
    return conditions;
  }
  const lastTransitionTime = (before?.status === next.status && before.lastTransitionTime) || now;
  const changed = { ...next, lastTransitionTime };
  return before
    ? conditions.map((condition) => (condition.type === next.type ? changed : condition))
    : [...conditions, changed];
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** When a pod last became Ready, in milliseconds since 1970; undefined while it is not. */
export function readySince(pod: Pod): number | undefined {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') || 0 : undefined;
}

/** Whether a pod counts for its controller: neither finished nor on its way out. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}
