/** Whether an autoscaler has made as many replicas as the load needs, and could make more. */
import { scalingOf } from '../../diagnosis/autoscaling.ts';
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { counted, type ConditionState } from './condition.ts';

/**
 * Within this an autoscaler takes its aim for reached, in parts of it
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details).
 */
const tolerance = 1.1;

/**
 * Holds once it runs what it wishes for, wishes for less than its maximum, and what it aims at is reached.
 * @param autoscaler undefined where it does not exist
 */
export function autoscaledCondition(target: ObjectRef, autoscaler: KubeObject | undefined): ConditionState {
  if (autoscaler === undefined) return { met: false, message: `${describeRef(target)} does not exist` };
  const { maxReplicas, currentReplicas, desiredReplicas, metrics } = scalingOf(autoscaler);
  const wish = `${describeRef(target)} wishes for ${counted(desiredReplicas, 'replica')}`;
  if (desiredReplicas >= maxReplicas) return { met: false, message: `${wish}, its maximum` };
  if (currentReplicas !== desiredReplicas) return { met: false, message: `${wish}, ${currentReplicas} run` };
  const above = metrics.find(({ ratio = 0 }) => ratio > tolerance);
  if (above !== undefined) {
    const share = Math.round((above.ratio ?? 0) * 100);
    return {
      met: false,
      message: `${above.resource ?? above.type} is at ${share} % of what ${target.name} aims at`,
    };
  }
  return { met: true, message: `${wish} of at most ${maxReplicas}, and has them` };
}
