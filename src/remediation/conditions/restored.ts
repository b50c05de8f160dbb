/** Whether an object asks again for what it asked for before. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { differingFields } from '../differing.ts';
import { asksFor } from '../spec-hash.ts';
import type { ConditionState } from './condition.ts';

/**
 * Holds while the object asks for what the fingerprint `wanted` was made of.
 * @param was the object as the journal kept it: tells which field differs
 * @param object undefined where it does not exist
 */
export function restoredCondition(
  target: ObjectRef,
  wanted: string,
  object: KubeObject | undefined,
  was?: KubeObject,
): ConditionState {
  const name = describeRef(target);
  if (object === undefined) return { met: false, message: `${name} does not exist` };
  if (asksFor(object, wanted)) return { met: true, message: `${name} is as it was before` };
  const fields = was === undefined ? '' : `: ${differingFields(was, object)}`;
  return { met: false, message: `${name} differs from what it was before${fields}` };
}
