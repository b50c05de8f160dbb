/**
 * FailedScheduling: no node may take a pod.
 * Source: condition `PodScheduled` with reason `Unschedulable`, https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { conditionOf, countingPods, refOf } from '../pods.ts';
import { readUnschedulable } from '../scheduling.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

/** Pods that the scheduler has looked for a node for, in vain. A pod that is held back by a scheduling gate is none. */
export function unscheduledPods(state: CoreState): KubeObject[] {
  return countingPods(state).filter((pod) => {
    const condition = conditionOf(pod, 'PodScheduled');
    return (
      pod['spec']?.nodeName === undefined &&
      condition?.status === 'False' &&
      condition.reason === 'Unschedulable'
    );
  });
}

/** What the scheduler says of a pod. */
export function schedulerSays(pod: KubeObject): string {
  return conditionOf(pod, 'PodScheduled')?.message ?? '';
}

export const failedScheduling: FindingRule = (state) => {
  const { workload } = state;
  const pods = unscheduledPods(state);
  const [first] = pods;
  if (workload === undefined || first === undefined) return [];
  const { obstacles } = readUnschedulable(schedulerSays(first));
  const why = obstacles.map(({ nodes, text }) => `${nodes} ${text}`).join(', ');
  return [
    {
      name: 'FailedScheduling',
      target: refOf(workload),
      summary: `${podCount(pods.length, countingPods(state).length, workload)} find no node${why === '' ? '' : `: ${why}`}`,
      pods,
      evidence: pods.slice(0, shownContainers).map((pod) => {
        const condition = conditionOf(pod, 'PodScheduled');
        return fieldEvidence(
          pod,
          'status.conditions[PodScheduled]',
          `Pod ${pod.metadata.name} is not scheduled: ${condition?.message ?? ''}`,
          condition ?? {},
          condition?.lastTransitionTime,
        );
      }),
    },
  ];
};
