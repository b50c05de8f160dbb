/** Reading pods and their containers, with the field names of the Kubernetes API (core/v1 PodStatus). */
import type { KubeObject, ObjectRef } from '../domain/kubernetes.ts';
import type { CoreState } from './snapshot.ts';

export interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

/** One container of one pod that counts. */
export interface ContainerOfPod {
  readonly pod: KubeObject;
  readonly status: ContainerStatus;
  /** Path of the status in the pod. */
  readonly path: string;
}

/** A container of a pod spec, as far as it matters here. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly envFrom?: unknown;
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export function refOf(object: KubeObject): ObjectRef {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? { kind: object.kind, name } : { kind: object.kind, namespace, name };
}

/** The uid of what controls an object. */
export function controllerUid(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

/**
 * The pods whose state counts. A pod that is being deleted, or whose ReplicaSet wants none any more, belongs to the past:
 * what it shows is neither a symptom of now nor proof against a remedy.
 */
export function countingPods(state: Pick<CoreState, 'pods' | 'replicaSets'>): KubeObject[] {
  const retired = new Set(
    state.replicaSets.filter((set) => set['spec']?.replicas === 0).map((set) => set.metadata.uid),
  );
  return state.pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      !['Succeeded', 'Failed'].includes(pod['status']?.phase) &&
      !retired.has(controllerUid(pod)),
  );
}

/** Containers and init containers of the pods that count. */
export function countingContainers(state: CoreState): ContainerOfPod[] {
  return countingPods(state).flatMap((pod) =>
    ['initContainerStatuses', 'containerStatuses'].flatMap((field) =>
      ((pod['status']?.[field] ?? []) as ContainerStatus[]).map((status) => ({
        pod,
        status,
        path: `status.${field}[${status.name}]`,
      })),
    ),
  );
}

/** Whether the kubelet says that the pod is ready. */
export function isReady(pod: KubeObject): boolean {
  const conditions = (pod['status']?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Whether the node threw the pod out, for lack of memory, disk or processes. */
export function isEvicted(pod: KubeObject): boolean {
  return pod['status']?.phase === 'Failed' && pod['status']?.reason === 'Evicted';
}

/** Whether one of the pod's containers was started again. */
export function hasRestarted(pod: KubeObject): boolean {
  const statuses = (pod['status']?.containerStatuses ?? []) as ContainerStatus[];
  return statuses.some(({ restartCount = 0 }) => restartCount > 0);
}

/** A condition of an object's status. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  const conditions = (object['status']?.conditions ?? []) as Condition[];
  return conditions.find((condition) => condition.type === type);
}

/** Containers of a pod template or pod. */
export function containersOf(spec: { containers?: ContainerSpec[] } | undefined): ContainerSpec[] {
  return spec?.containers ?? [];
}

/** How a container's last instance ended, also while it waits for the next. */
export function lastEnd({ status }: ContainerOfPod): Terminated | undefined {
  return status.state?.terminated ?? status.lastState?.terminated;
}

/** Names of the distinct pods. */
export function podNames(containers: readonly ContainerOfPod[]): string[] {
  return [...new Set(containers.map(({ pod }) => pod.metadata.name))];
}
