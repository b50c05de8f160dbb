/** What a list shows of each object where nobody asks for anything else: the fields that kubectl's own tables are made of. */
import type { KubeObject } from '../../../domain/kubernetes.ts';
import { isReady, type ContainerStatus } from '../../pods.ts';
import { fieldAt } from './field-path.ts';

const replicas = ['spec.replicas', 'status.readyReplicas', 'status.availableReplicas'];

const columns: Readonly<Record<string, readonly string[]>> = {
  Deployment: [...replicas, 'status.updatedReplicas'],
  StatefulSet: replicas,
  ReplicaSet: [...replicas, "metadata.annotations['deployment.kubernetes.io/revision']"],
  ReplicationController: replicas,
  DaemonSet: ['status.desiredNumberScheduled', 'status.numberReady', 'status.updatedNumberScheduled'],
  Job: ['spec.completions', 'status.succeeded', 'status.failed', 'status.conditions'],
  CronJob: ['spec.schedule', 'spec.suspend', 'status.lastScheduleTime', 'status.lastSuccessfulTime'],
  Service: ['spec.type', 'spec.selector', 'spec.ports'],
  Endpoints: ['subsets'],
  EndpointSlice: ['endpoints', 'ports'],
  Ingress: ['spec.ingressClassName', 'spec.rules', 'spec.tls'],
  IngressClass: ['spec.controller'],
  PersistentVolumeClaim: [
    'status.phase',
    'spec.storageClassName',
    'spec.volumeName',
    'spec.resources.requests',
  ],
  PersistentVolume: ['status.phase', 'spec.storageClassName', 'spec.claimRef.name', 'spec.capacity'],
  StorageClass: ['provisioner', 'volumeBindingMode', 'metadata.annotations'],
  HorizontalPodAutoscaler: [
    'spec.scaleTargetRef.name',
    'spec.minReplicas',
    'spec.maxReplicas',
    'status.currentReplicas',
    'status.desiredReplicas',
  ],
  PodDisruptionBudget: ['spec.minAvailable', 'spec.maxUnavailable', 'status.disruptionsAllowed'],
  ResourceQuota: ['status.hard', 'status.used'],
  LimitRange: ['spec.limits'],
  Node: ['spec.unschedulable', 'spec.taints', 'status.conditions[Ready].status', 'status.allocatable'],
  Event: [
    'type',
    'reason',
    'message',
    'count',
    'involvedObject.kind',
    'involvedObject.name',
    'lastTimestamp',
  ],
  NetworkPolicy: ['spec'],
  Role: ['rules'],
  RoleBinding: ['roleRef', 'subjects'],
  Secret: ['type', 'keys', 'emptyKeys'],
  ConfigMap: ['keys', 'emptyKeys'],
};

/** One object as a line of a list. */
export function rowOf(object: KubeObject, wanted: readonly string[] | undefined): Record<string, unknown> {
  const { name, creationTimestamp } = object.metadata;
  const fields = (wanted ?? columns[object.kind] ?? []).map((path) => [path, fieldAt(object, path)]);
  return {
    name,
    ...(creationTimestamp === undefined ? {} : { created: creationTimestamp }),
    ...(wanted === undefined && object.kind === 'Pod' ? podFields(object) : {}),
    ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)),
  };
}

function podFields(pod: KubeObject): Record<string, unknown> {
  const { phase, reason, initContainerStatuses = [], containerStatuses = [] } = pod['status'] ?? {};
  const statuses = [...initContainerStatuses, ...containerStatuses] as ContainerStatus[];
  const waiting = statuses.flatMap(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason ?? []);
  return {
    phase,
    ready: isReady(pod),
    restarts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    ...(reason === undefined ? {} : { reason }),
    ...(waiting.length === 0 ? {} : { containers: waiting }),
    ...(pod.metadata.deletionTimestamp === undefined ? {} : { terminating: true }),
    node: pod['spec']?.nodeName,
  };
}
