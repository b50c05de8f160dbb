/**
 * FailedMount: the kubelet cannot give a pod one of its volumes, so that no container of it is made.
 * Source: the kubelet's events of reason `FailedMount` and `FailedAttachVolume`
 * (https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/#my-pod-stays-waiting).
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { eventEvidence } from '../evidence.ts';
import { describeMissing, missingReference } from '../missing-reference.ts';
import { countingPods, refOf, type ContainerStatus } from '../pods.ts';
import type { StateWith } from '../snapshot.ts';
import { podCount, shownContainers, type FindingRule } from './rule.ts';

const reasons = new Set(['FailedMount', 'FailedAttachVolume']);

export interface UnmountedPod {
  readonly pod: KubeObject;
  readonly event: KubeObject;
}

/** Pods that wait to be made, and about which the kubelet has said that a volume fails. */
export function unmountedPods(state: StateWith<'warnings'>): UnmountedPod[] {
  return countingPods(state)
    .filter((pod) => pod['spec']?.nodeName !== undefined && waits(pod))
    .flatMap((pod) => {
      const event = state.surroundings.warnings.find(
        ({ reason, involvedObject: about }) => reasons.has(reason) && about?.name === pod.metadata.name,
      );
      return event === undefined ? [] : [{ pod, event }];
    });
}

/** Whether none of the pod's containers has got as far as an image or a start. */
function waits(pod: KubeObject): boolean {
  const { initContainerStatuses = [], containerStatuses = [] } = pod['status'] ?? {};
  const all = [...initContainerStatuses, ...containerStatuses] as ContainerStatus[];
  return all.every(({ state }) =>
    ['ContainerCreating', 'PodInitializing'].includes(state?.waiting?.reason ?? ''),
  );
}

export const failedMount: FindingRule<'warnings'> = (state) => {
  const { workload } = state;
  const pods = unmountedPods(state);
  const [first] = pods;
  if (workload === undefined || first === undefined) return [];
  const missing = missingReference(String(first.event['message']));
  const why = missing === undefined ? '' : `: ${describeMissing(missing)} does not exist`;
  return [
    {
      name: 'FailedMount',
      target: refOf(workload),
      summary: `${podCount(pods.length, countingPods(state).length, workload)} cannot mount a volume${why}`,
      evidence: pods.slice(0, shownContainers).map(({ event }) => eventEvidence(event)),
    },
  ];
};
