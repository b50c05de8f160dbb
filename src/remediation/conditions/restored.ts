/** Whether an object asks again for what it asked for before. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { specHash } from '../spec-hash.ts';
import type { ConditionState } from './condition.ts';

/**
 * Holds while the fingerprint of the object's wishes is `wanted`.
 * @param object undefined where it does not exist
 */
export function restoredCondition(
  target: ObjectRef,
  wanted: string,
  object: KubeObject | undefined,
): ConditionState {
  if (object === undefined) return { met: false, message: `${describeRef(target)} does not exist` };
  return specHash(object) === wanted
    ? { met: true, message: `${describeRef(target)} is as it was before` }
    : { met: false, message: `${describeRef(target)} differs from what it was before` };
}
