/**
 * CreateContainerConfigError: a container cannot be made as its pod describes it; for the most part a ConfigMap or Secret is not there.
 * Source: the kubelet's waiting reason (pkg/kubelet/kuberuntime, ErrCreateContainerConfig).
 */
import { describeMissing, missingReference } from '../missing-reference.ts';
import { countingContainers, countingPods, podNames, refOf, type ContainerOfPod } from '../pods.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

/** Containers that wait for what their environment is made of. */
export function unconfiguredContainers(state: CoreState): ContainerOfPod[] {
  return countingContainers(state).filter(
    ({ status }) => status.state?.waiting?.reason === 'CreateContainerConfigError',
  );
}

export function waitingMessage({ status }: ContainerOfPod): string {
  return status.state?.waiting?.message ?? '';
}

export const configError: FindingRule = (state) => {
  const { workload } = state;
  const containers = unconfiguredContainers(state);
  const [first] = containers;
  if (workload === undefined || first === undefined) return [];
  const missing = missingReference(waitingMessage(first));
  const pods = podCount(podNames(containers).length, countingPods(state).length, workload);
  const why =
    missing === undefined
      ? waitingMessage(first) || 'its configuration is refused'
      : `${describeMissing(missing)} does not exist`;
  return [
    {
      name: 'CreateContainerConfigError',
      target: refOf(workload),
      summary: `${pods} cannot start container ${first.status.name}: ${why}`,
      containers,
      evidence: containers
        .slice(0, shownContainers)
        .map((container) =>
          fieldEvidence(
            container.pod,
            `${container.path}.state.waiting`,
            `container ${container.status.name} of ${container.pod.metadata.name} waits: ${waitingMessage(container)}`,
            container.status.state?.waiting ?? {},
          ),
        ),
    },
  ];
};
