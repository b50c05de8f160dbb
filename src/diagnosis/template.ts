/**
 * The containers that a workload's own template holds. Its pods may have more: an admission webhook adds sidecars to a pod when it is
 * made (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#mutatingadmissionwebhook), and what it adds is
 * not to be repaired in the template, which does not know it: a patch by name would add a second one there.
 */
import type { ContainerSpec } from './pods.ts';
import type { ClusterState } from './snapshot.ts';
import { templateSpecOf } from './sources/references.ts';

interface PodTemplateSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
}

type Templated = Pick<ClusterState, 'workload' | 'replicaSets'>;

/** The template; a Deployment's newest ReplicaSet has the same. A pod that nothing made is all there is of it. */
function templateOf({ workload, replicaSets }: Templated): PodTemplateSpec | undefined {
  if (workload?.kind === 'Pod') return workload['spec'] as PodTemplateSpec | undefined;
  return [workload, replicaSets[0]]
    .map((object) => object && (templateSpecOf(object) as PodTemplateSpec | undefined))
    .find((spec) => spec?.containers !== undefined);
}

/** Whether a container is the workload's own. Deny by default: where no template was read, none is. */
export function isInTemplate(state: Templated, name: string): boolean {
  const { containers = [], initContainers = [] } = templateOf(state) ?? {};
  return [...containers, ...initContainers].some((container) => container.name === name);
}

/** For people. */
export function notInTemplate(container: string, workload: string): string {
  return `Container ${container} is not in the template of ${workload}: something adds it to its pods as they are made, such as the admission webhook of a service mesh. It is put right where that is configured.`;
}
