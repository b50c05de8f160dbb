/** Whether a Job has done its work. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { conditionStatus, type ConditionState } from './condition.ts';

/**
 * Holds once the Job's condition Complete is true
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup).
 * @param job undefined where it does not exist
 */
export function jobCompleteCondition(target: ObjectRef, job: KubeObject | undefined): ConditionState {
  if (job === undefined) return { met: false, message: `${describeRef(target)} does not exist` };
  if (conditionStatus(job, 'Complete') === 'True')
    return { met: true, message: `${describeRef(target)} is complete` };
  const how = conditionStatus(job, 'Failed') === 'True' ? 'has failed' : 'is not complete yet';
  return { met: false, message: `${describeRef(target)} ${how}` };
}
