/**
 * OOMKilled: the kernel killed a container because it needed more memory than its limit.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/#exceed-a-container-s-memory-limit
 */
import {
  containersOf,
  countingContainers,
  countingPods,
  lastEnd,
  podNames,
  refOf,
  type ContainerOfPod,
} from '../pods.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

/** A container that has run this long since it was killed has got over it, milliseconds. */
const recent = 60 * 60_000;

/** Containers of living pods that were killed for memory and have not long recovered. A pod that took another's place starts with a clean sheet. */
export function oomKilledContainers(state: CoreState): ContainerOfPod[] {
  const now = Date.parse(state.takenAt);
  return countingContainers(state).filter((container) => {
    const end = lastEnd(container);
    if (end?.reason !== 'OOMKilled') return false;
    const runs = container.status.state?.running !== undefined;
    return !runs || end.finishedAt === undefined || now - Date.parse(end.finishedAt) < recent;
  });
}

/** The memory limit of a container as its pod has it. */
export function memoryLimitOf({ pod, status }: ContainerOfPod): string | undefined {
  return containersOf(pod['spec']).find(({ name }) => name === status.name)?.resources?.limits?.['memory'];
}

export const oomKilled: FindingRule = (state) => {
  const { workload } = state;
  const containers = oomKilledContainers(state);
  const [first] = containers;
  if (workload === undefined || first === undefined) return [];
  const limit = memoryLimitOf(first);
  const pods = podCount(podNames(containers).length, countingPods(state).length, workload);
  return [
    {
      name: 'OOMKilled',
      target: refOf(workload),
      summary: `${pods} ran out of memory; container ${first.status.name} was killed ${limit === undefined ? 'without a limit of its own' : `at its limit of ${limit}`}`,
      containers,
      evidence: containers.slice(0, shownContainers).flatMap((container) => {
        const { pod, status, path } = container;
        const end = lastEnd(container);
        return [
          fieldEvidence(
            pod,
            path,
            `container ${status.name} of ${pod.metadata.name}: last exit ${end?.exitCode ?? 137} (OOMKilled), ${status.restartCount ?? 0} restarts`,
            { restartCount: status.restartCount, state: status.state, lastState: status.lastState },
            end?.finishedAt,
          ),
          fieldEvidence(
            pod,
            `spec.containers[${status.name}].resources`,
            `container ${status.name}: memory limit ${memoryLimitOf(container) ?? 'not set'}`,
            containersOf(pod['spec']).find(({ name }) => name === status.name)?.resources ?? {},
          ),
        ];
      }),
    },
  ];
};
