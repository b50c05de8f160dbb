/** Whether a workload runs as many replicas as was asked for. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { counted, type ConditionState } from './condition.ts';
import { observed } from './rollout.ts';

/**
 * Holds once the controller has seen the latest spec, and spec, running and ready replicas equal `wish`.
 * @param workload undefined where it does not exist
 */
export function replicasCondition(
  target: ObjectRef,
  wish: number,
  workload: KubeObject | undefined,
): ConditionState {
  if (workload === undefined) return { met: false, message: `${describeRef(target)} does not exist` };
  const asked: number = workload.spec?.replicas ?? 1;
  if (asked !== wish)
    return { met: false, message: `${counted(asked, 'replica')} asked for instead of ${wish}` };
  if (!observed(workload)) {
    return { met: false, message: `waiting for the controller to see the change of ${describeRef(target)}` };
  }
  const total: number = workload.status?.replicas ?? 0;
  const ready: number = workload.status?.readyReplicas ?? 0;
  if (total > wish) return { met: false, message: `${counted(total - wish, 'replica')} still to end` };
  return { met: total === wish && ready === wish, message: `${ready} of ${counted(wish, 'replica')} ready` };
}
