/** What scenarios look at: one workload, its pods and its Service, and the questions that are asked of them. */
import type { KubeClient } from '../client.ts';
import { isActive } from '../conditions.ts';
import { matches } from '../controllers/labels.ts';
import { deployments, endpoints, pods, services } from '../objects.ts';
import type { Container, ContainerStatus, Deployment, Endpoints, Pod, Service } from '../objects.ts';

export interface State {
  readonly namespace: string;
  readonly deployment: Deployment | undefined;
  /** Pods that the Deployment selects and that are not on their way out. */
  readonly pods: readonly Pod[];
  readonly service: Service | undefined;
  readonly endpoints: Endpoints | undefined;
}

/** Reads the state of the workload and Service called `name`. */
export async function readState(client: KubeClient, namespace: string, name: string): Promise<State> {
  const [deployment, all, service, found] = await Promise.all([
    client.get(deployments, namespace, name),
    client.list(pods, { namespace }),
    client.get(services, namespace, name),
    client.get(endpoints, namespace, name),
  ]);
  const selected = all.filter(
    (pod) => deployment && isActive(pod) && matches(deployment.spec.selector, pod.metadata.labels),
  );
  return { namespace, deployment, pods: selected, service, endpoints: found };
}

/** Whether the rollout is over: every pod is of the current template and available, and no other is left. */
export function isRolledOut({ deployment, pods: all }: State): boolean {
  if (!deployment) return false;
  const { spec, status, metadata } = deployment;
  const desired = spec.replicas ?? 1;
  const counts = [
    status?.replicas,
    status?.updatedReplicas,
    status?.readyReplicas,
    status?.availableReplicas,
  ];
  return (
    desired > 0 &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    counts.every((count) => count === desired) &&
    all.length === desired
  );
}

/** Whether the Service has an address that answers. */
export function hasEndpoints(state: State): boolean {
  return (state.endpoints?.subsets ?? []).some(({ addresses = [] }) => addresses.length > 0);
}

/** Whether everything runs as it should. */
export function isHealthy(state: State): boolean {
  return isRolledOut(state) && hasEndpoints(state);
}

export function containerStatuses(state: State): ContainerStatus[] {
  return state.pods.flatMap(({ status }) => status?.containerStatuses ?? []);
}

/** Pods with a container that waits for one of these reasons. */
export function podsWaiting(state: State, ...reasons: string[]): Pod[] {
  return state.pods.filter(({ status }) =>
    (status?.containerStatuses ?? []).some(({ state: { waiting } }) =>
      reasons.includes(waiting?.reason ?? ''),
    ),
  );
}

/** The first container of the Deployment's template. */
export function application(state: State): Container | undefined {
  return state.deployment?.spec.template.spec.containers[0];
}

export function variable(container: Container | undefined, name: string): string | undefined {
  return container?.env?.find((entry) => entry.name === name)?.value;
}
