/** What scenarios look at: one workload, its pods and its Service, and the questions that are asked of them. */
import type { KubeClient } from '../client.ts';
import { isActive } from '../conditions.ts';
import { matches } from '../controllers/labels.ts';
import { deployments, endpoints, pods, services } from '../objects.ts';
import type {
  Container,
  ContainerStatus,
  Deployment,
  Endpoints,
  KubeObject,
  Pod,
  Resource,
  Service,
} from '../objects.ts';
import type { Scenario } from './scenario.ts';

export interface State {
  readonly namespace: string;
  readonly deployment: Deployment | undefined;
  /** Pods that the Deployment selects and that are not on their way out. */
  readonly pods: readonly Pod[];
  readonly service: Service | undefined;
  readonly endpoints: Endpoints | undefined;
  /**
   * Everything of one kind in the namespace, or in the cluster where it belongs to none.
   * @throws Error where the scenario does not say that it reads this kind
   */
  all<T extends KubeObject>(resource: Resource<T>): readonly T[];
}

/** The kinds that a scenario's questions read. */
export function kindsOf(scenario: Scenario): readonly Resource<KubeObject>[] {
  const always = [deployments, pods, services, endpoints] as readonly Resource<KubeObject>[];
  const own = scenario.healthy(scenario.namespace).map(({ resource }) => resource);
  const made = scenario.breakage.flatMap((each) =>
    each.deed === 'create' ? [each.manifest(scenario.namespace).resource] : [],
  );
  const kinds = [...always, ...own, ...made, ...(scenario.reads ?? [])];
  return [...new Map(kinds.map((resource) => [resource.plural, resource])).values()];
}

/** Reads the state of a scenario's workload and of what is around it. */
export async function readState(client: KubeClient, scenario: Scenario): Promise<State> {
  const { namespace, workload: name } = scenario;
  const found = new Map(
    await Promise.all(
      kindsOf(scenario).map(
        async (resource) =>
          [resource.plural, await client.list(resource, resource.namespaced ? { namespace } : {})] as const,
      ),
    ),
  );
  const all = <T extends KubeObject>({ plural }: Resource<T>): readonly T[] => {
    const objects = found.get(plural);
    if (objects === undefined) throw new Error(`${scenario.name} reads ${plural} and does not say so`);
    return objects as unknown as readonly T[];
  };
  const called = <T extends KubeObject>(resource: Resource<T>): T | undefined =>
    all(resource).find(({ metadata }) => metadata.name === name);
  const deployment = called(deployments);
  const selected = all(pods).filter(
    (pod) => deployment && isActive(pod) && matches(deployment.spec.selector, pod.metadata.labels),
  );
  return {
    namespace,
    deployment,
    pods: selected,
    service: called(services),
    endpoints: called(endpoints),
    all,
  };
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
