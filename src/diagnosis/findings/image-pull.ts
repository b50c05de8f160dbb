/**
 * ImagePullBackOff: the node cannot get a container's image.
 * Source: https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff ; the reasons are those of the kubelet (pkg/kubelet/images/types.go).
 */
import {
  containersOf,
  countingContainers,
  countingPods,
  podNames,
  refOf,
  type ContainerOfPod,
} from '../pods.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, podCount, shownContainers, type FindingRule } from './rule.ts';

const reasons = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImageInspectError',
  'InvalidImageName',
  'RegistryUnavailable',
]);

/** Containers that wait for an image that does not come. */
export function unpulledContainers(state: CoreState): ContainerOfPod[] {
  return countingContainers(state).filter(({ status }) => reasons.has(status.state?.waiting?.reason ?? ''));
}

/** The image that the pod asks for; the status may name another spelling of it. */
export function imageOf({ pod, status }: ContainerOfPod): string | undefined {
  return containersOf(pod['spec']).find(({ name }) => name === status.name)?.image ?? status.image;
}

export const imagePull: FindingRule = (state) => {
  const { workload } = state;
  const containers = unpulledContainers(state);
  const [first] = containers;
  if (workload === undefined || first === undefined) return [];
  const pods = podCount(podNames(containers).length, countingPods(state).length, workload);
  return [
    {
      name: 'ImagePullBackOff',
      target: refOf(workload),
      summary: `${pods} cannot start: the image ${imageOf(first) ?? ''} of container ${first.status.name} cannot be pulled`,
      containers,
      evidence: containers
        .slice(0, shownContainers)
        .map((container) =>
          fieldEvidence(
            container.pod,
            `${container.path}.state.waiting`,
            `container ${container.status.name} of ${container.pod.metadata.name}: ${container.status.state?.waiting?.reason ?? ''} for ${imageOf(container) ?? ''}`,
            container.status.state?.waiting ?? {},
          ),
        ),
    },
  ];
};
