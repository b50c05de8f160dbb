/** The values that an API server fills in where a client leaves them out. Source: the API reference of each field. */
import type {
  V1CronJobSpec,
  V1DaemonSetSpec,
  V1DeploymentSpec,
  V1JobSpec,
  V1PodSpec,
  V1ServiceSpec,
  V1StatefulSetSpec,
} from '@kubernetes/client-node';
import { defaultAutoscaler } from './autoscaling.ts';
import type { KubeObject } from './object.ts';
import { defaultPodSpec, defaultRequests } from './pod-defaults.ts';

type Fill = (object: KubeObject) => void;

const byKind: Readonly<Record<string, Fill>> = {
  Secret: secret,
  Namespace: (object) => {
    object['spec'] ??= { finalizers: ['kubernetes'] };
    object['status'] ??= { phase: 'Active' };
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
  },
  Node: (object) => {
    object['spec'] ??= {};
    object['status'] ??= {};
  },
  Pod: (object) => {
    const spec = (object['spec'] ??= {}) as V1PodSpec;
    defaultPodSpec(spec);
    defaultRequests(spec);
    spec.enableServiceLinks ??= true;
    spec.priority ??= 0;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    spec.serviceAccountName ??= 'default';
    spec.serviceAccount ??= spec.serviceAccountName;
    object['status'] ??= { phase: 'Pending', qosClass: qosClass(spec) };
  },
  Service: service,
  Deployment: deployment,
  ReplicaSet: (object) => {
    const spec = (object['spec'] ??= {}) as { replicas?: number; template?: V1DeploymentSpec['template'] };
    spec.replicas ??= 1;
    defaultPodSpec(spec.template?.spec);
    object['status'] ??= { replicas: 0 };
  },
  ReplicationController: (object) => {
    const spec = (object['spec'] ??= {}) as { replicas?: number; template?: V1DeploymentSpec['template'] };
    spec.replicas ??= 1;
    defaultPodSpec(spec.template?.spec);
    object['status'] ??= { replicas: 0 };
  },
  StatefulSet: (object) => {
    const spec = (object['spec'] ??= {}) as V1StatefulSetSpec;
    spec.replicas ??= 1;
    spec.podManagementPolicy ??= 'OrderedReady';
    spec.updateStrategy ??= { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
    spec.revisionHistoryLimit ??= 10;
    defaultPodSpec(spec.template?.spec);
    object['status'] ??= { replicas: 0 };
  },
  DaemonSet: (object) => {
    const spec = (object['spec'] ??= {}) as V1DaemonSetSpec;
    spec.updateStrategy ??= { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
    spec.revisionHistoryLimit ??= 10;
    defaultPodSpec(spec.template?.spec);
    object['status'] ??= {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
  },
  Job: (object) => {
    const spec = (object['spec'] ??= {}) as V1JobSpec;
    jobSpec(spec);
    ownPods(object, spec);
    object['status'] ??= {};
  },
  CronJob: (object) => {
    const spec = (object['spec'] ??= {}) as V1CronJobSpec;
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    object['status'] ??= {};
  },
  Ingress: (object) => {
    object['status'] ??= { loadBalancer: {} };
  },
  HorizontalPodAutoscaler: defaultAutoscaler,
  PersistentVolume: (object) => {
    const spec = (object['spec'] ??= {}) as { volumeMode?: string; persistentVolumeReclaimPolicy?: string };
    spec.volumeMode ??= 'Filesystem';
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    object['status'] ??= { phase: 'Pending' };
  },
  StorageClass: (object) => {
    object['reclaimPolicy'] ??= 'Delete';
    object['volumeBindingMode'] ??= 'Immediate';
  },
  PersistentVolumeClaim: (object) => {
    const spec = (object['spec'] ??= {}) as { volumeMode?: string };
    spec.volumeMode ??= 'Filesystem';
    object['status'] ??= { phase: 'Pending' };
  },
};

/** Fills in the defaults of an object's kind, in place. */
export function setDefaults(object: KubeObject): void {
  byKind[object.kind]?.(object);
}

function secret(object: KubeObject): void {
  object['type'] ??= 'Opaque';
  const plain = object['stringData'] as Record<string, string> | undefined;
  if (plain === undefined) return;
  // stringData is write-only: it is kept as data.
  const encoded = Object.entries(plain).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  object['data'] = { ...(object['data'] as object | undefined), ...Object.fromEntries(encoded) };
  delete object['stringData'];
}

function deployment(object: KubeObject): void {
  const spec = (object['spec'] ??= {}) as V1DeploymentSpec;
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
  }
  defaultPodSpec(spec.template?.spec);
  object['status'] ??= {};
}

function service(object: KubeObject): void {
  const spec = (object['spec'] ??= {}) as V1ServiceSpec;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
  if (spec.type !== 'ExternalName') {
    spec.internalTrafficPolicy ??= 'Cluster';
    spec.ipFamilies ??= ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
  object['status'] ??= { loadBalancer: {} };
}

function jobSpec(spec: V1JobSpec): void {
  spec.parallelism ??= 1;
  spec.completions ??= 1;
  spec.backoffLimit ??= 6;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= 'TerminatingOrFailed';
  defaultPodSpec(spec.template?.spec);
}

/**
 * A Job's selector is its own uid, which its pods get as a label beside its name, under the old names, too; who makes it does not choose.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector
 */
function ownPods({ metadata: { name, uid = '' } }: KubeObject, spec: V1JobSpec): void {
  if (spec.selector !== undefined || spec.template === undefined) return;
  const own = { 'controller-uid': uid, 'job-name': name };
  const prefixed = Object.entries(own).map(([key, value]) => [`batch.kubernetes.io/${key}`, value]);
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const template = (spec.template.metadata ??= {});
  template.labels = { ...template.labels, ...Object.fromEntries(prefixed), ...own };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClass(spec: V1PodSpec): string {
  const all = (spec.containers ?? []).map((container) => container.resources ?? {});
  const some = all.some(({ requests, limits }) => Object.keys({ ...requests, ...limits }).length > 0);
  if (!some) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) =>
    ['cpu', 'memory'].every((name) => limits?.[name] !== undefined && requests?.[name] === limits[name]),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
