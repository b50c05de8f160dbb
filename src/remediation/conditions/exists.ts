/** Whether an object is there: all there is to watch for beside the finding, where nothing is rolled out. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import type { ConditionState } from './condition.ts';

/** @param object undefined where it does not exist */
export function existsCondition(target: ObjectRef, object: KubeObject | undefined): ConditionState {
  return object === undefined
    ? { met: false, message: `${describeRef(target)} does not exist` }
    : { met: true, message: `${describeRef(target)} is changed` };
}
