/** Questions about pods that do not come to run: those that find no machine, and those that cannot even be made. */
import { conditionOf } from '../conditions.ts';
import type { Pod } from '../objects.ts';
import type { State } from './state.ts';

/** Pods for which the scheduler finds no machine, in words like these. */
export function podsUnschedulable(state: State, message: RegExp): Pod[] {
  return state.pods.filter(({ status }) => {
    const scheduled = conditionOf(status?.conditions, 'PodScheduled');
    return scheduled?.status === 'False' && message.test(scheduled.message ?? '');
  });
}

/** Whether the Deployment says that pods of it cannot be made, in words like these. */
export function cannotMakePods({ deployment }: State, message: RegExp): boolean {
  const failure = conditionOf(deployment?.status?.conditions, 'ReplicaFailure');
  return failure?.status === 'True' && message.test(failure.message ?? '');
}
