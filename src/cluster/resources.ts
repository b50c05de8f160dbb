/** Where each kind lives in the Kubernetes API (https://kubernetes.io/docs/reference/kubernetes-api/). */
import { OncallError } from '../domain/error.ts';
import { describeRef, type ObjectRef } from '../domain/kubernetes.ts';
import type { Selection } from './cluster.ts';
import { isLabelName, isPathSegment } from './names.ts';

export interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const table: readonly [apiVersion: string, namespaced: boolean, kinds: Readonly<Record<string, string>>][] = [
  [
    'v1',
    true,
    {
      Pod: 'pods',
      Service: 'services',
      Endpoints: 'endpoints',
      Event: 'events',
      ConfigMap: 'configmaps',
      Secret: 'secrets',
      PersistentVolumeClaim: 'persistentvolumeclaims',
      ReplicationController: 'replicationcontrollers',
      ResourceQuota: 'resourcequotas',
      LimitRange: 'limitranges',
      ServiceAccount: 'serviceaccounts',
    },
  ],
  ['v1', false, { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' }],
  [
    'apps/v1',
    true,
    {
      Deployment: 'deployments',
      ReplicaSet: 'replicasets',
      StatefulSet: 'statefulsets',
      DaemonSet: 'daemonsets',
      ControllerRevision: 'controllerrevisions',
    },
  ],
  ['batch/v1', true, { Job: 'jobs', CronJob: 'cronjobs' }],
  ['autoscaling/v1', true, { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }],
  ['policy/v1', true, { PodDisruptionBudget: 'poddisruptionbudgets' }],
  ['networking.k8s.io/v1', true, { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }],
  ['networking.k8s.io/v1', false, { IngressClass: 'ingressclasses' }],
  ['discovery.k8s.io/v1', true, { EndpointSlice: 'endpointslices' }],
  ['coordination.k8s.io/v1', true, { Lease: 'leases' }],
  ['rbac.authorization.k8s.io/v1', true, { Role: 'roles', RoleBinding: 'rolebindings' }],
  [
    'rbac.authorization.k8s.io/v1',
    false,
    { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings' },
  ],
  [
    'admissionregistration.k8s.io/v1',
    false,
    {
      MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
      ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
    },
  ],
  ['storage.k8s.io/v1', false, { StorageClass: 'storageclasses' }],
];

const byKind = new Map<string, Resource>(
  table.flatMap(([apiVersion, namespaced, kinds]) =>
    Object.entries(kinds).map(([kind, plural]) => [kind, { kind, apiVersion, plural, namespaced }]),
  ),
);

/** The kind as Kubernetes writes it, for `deployment`, `Deployments` or `DEPLOYMENT`; undefined for one that is not in the table. */
export function canonicalKind(text: string): string | undefined {
  const lower = text.toLowerCase();
  for (const { kind, plural } of byKind.values()) {
    if (kind.toLowerCase() === lower || plural === lower) return kind;
  }
  return undefined;
}

/** The version of the API that a kind is read in; undefined for one that is not in the table. */
export function apiVersionOf(kind: string): string | undefined {
  return byKind.get(kind)?.apiVersion;
}

/** @throws OncallError `target-unknown` for a kind that is not in the table. */
export function resourceOf(kind: string): Resource {
  const resource = byKind.get(kind);
  if (resource !== undefined) return resource;
  throw new OncallError(
    'target-unknown',
    `The kind ${kind} is not one that Oncall reads`,
    'Name the workload or Service that the incident is about.',
  );
}

/**
 * The path of a kind's collection, in one namespace or in all of them.
 * @throws OncallError `target-unknown` for a namespace that cannot exist
 */
export function collectionPath(kind: string, namespace: Selection['namespace']): string {
  const { apiVersion, plural, namespaced } = resourceOf(kind);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  if (!namespaced || namespace === undefined) return `${group}/${plural}`;
  if (!isLabelName(namespace)) {
    throw new OncallError(
      'target-unknown',
      `"${namespace}" cannot be the name of a namespace`,
      'Check the namespace that the alert names.',
    );
  }
  return `${group}/namespaces/${namespace}/${plural}`;
}

/**
 * The path of one object.
 * @throws OncallError `target-unknown` for a name that cannot exist, or a namespaced object without a namespace
 */
export function objectPath(ref: ObjectRef): string {
  const { namespaced } = resourceOf(ref.kind);
  if (!isPathSegment(ref.name) || (namespaced && ref.namespace === undefined)) {
    throw new OncallError(
      'target-unknown',
      `${describeRef(ref)} cannot exist under that name`,
      'Check the name and the namespace that the alert gives.',
    );
  }
  return `${collectionPath(ref.kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}
