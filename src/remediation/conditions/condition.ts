/** What a condition says about the objects that are watched. */
import type { KubeObject } from '../../domain/kubernetes.ts';

/** Whether a condition holds, and how far things are. */
export interface ConditionState {
  readonly met: boolean;
  /** In words, without a full stop: `2 of 3 replicas ready`. */
  readonly message: string;
}

/** The condition type's `status` (`True`, `False`, `Unknown`) in an object's status, or undefined. */
export function conditionStatus(object: KubeObject, type: string): string | undefined {
  const conditions: { type: string; status: string }[] = object.status?.conditions ?? [];
  return conditions.find((condition) => condition.type === type)?.status;
}

/** `1 replica`, `2 replicas`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
