/** Every resource type that the practice cluster serves: one table, in the order `kubectl api-resources` shows. */

export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  /** Whether `metadata.generation` counts changes of the spec. */
  readonly generation: boolean;
  /** Whether an update must name the resource version that it replaces. */
  readonly conditionalUpdate: boolean;
  /** Names the place in the store; two resource types may share one. */
  readonly storage: string;
}

interface Row {
  readonly cluster?: true;
  readonly short?: string;
  readonly all?: true;
  readonly sub?: string;
  readonly generation?: true;
  readonly conditional?: true;
  readonly storage?: string;
}

function row(groupVersion: string, plural: string, kind: string, options: Row = {}): Resource {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return {
    group: group ?? '',
    version: version ?? '',
    plural,
    kind,
    namespaced: options.cluster !== true,
    shortNames: options.short?.split(' ') ?? [],
    categories: options.all === true ? ['all'] : [],
    subresources: options.sub?.split(' ') ?? [],
    generation: options.generation === true,
    conditionalUpdate: options.conditional === true,
    storage: options.storage ?? `${group}/${plural}`,
  };
}

const scalable = { all: true, sub: 'status scale', generation: true } as const;

export const resources: readonly Resource[] = [
  row('v1', 'bindings', 'Binding'),
  row('v1', 'configmaps', 'ConfigMap', { short: 'cm' }),
  row('v1', 'endpoints', 'Endpoints', { short: 'ep' }),
  row('v1', 'events', 'Event', { short: 'ev' }),
  row('v1', 'limitranges', 'LimitRange', { short: 'limits' }),
  row('v1', 'namespaces', 'Namespace', { short: 'ns', cluster: true, sub: 'status finalize' }),
  row('v1', 'nodes', 'Node', { short: 'no', cluster: true, sub: 'status' }),
  row('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', { short: 'pvc', sub: 'status' }),
  row('v1', 'persistentvolumes', 'PersistentVolume', { short: 'pv', cluster: true, sub: 'status' }),
  row('v1', 'pods', 'Pod', { short: 'po', all: true, sub: 'status log eviction binding', generation: true }),
  row('v1', 'replicationcontrollers', 'ReplicationController', { short: 'rc', ...scalable }),
  row('v1', 'resourcequotas', 'ResourceQuota', { short: 'quota', sub: 'status' }),
  row('v1', 'secrets', 'Secret'),
  row('v1', 'serviceaccounts', 'ServiceAccount', { short: 'sa' }),
  row('v1', 'services', 'Service', { short: 'svc', all: true, sub: 'status' }),
  row('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  row('apps/v1', 'daemonsets', 'DaemonSet', { short: 'ds', all: true, sub: 'status', generation: true }),
  row('apps/v1', 'deployments', 'Deployment', { short: 'deploy', ...scalable }),
  row('apps/v1', 'replicasets', 'ReplicaSet', { short: 'rs', ...scalable }),
  row('apps/v1', 'statefulsets', 'StatefulSet', { short: 'sts', ...scalable }),
  row('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', { cluster: true }),
  row('authorization.k8s.io/v1', 'localsubjectaccessreviews', 'LocalSubjectAccessReview'),
  row('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', { cluster: true }),
  row('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', { cluster: true }),
  row('authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', { cluster: true }),
  row('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: 'hpa',
    all: true,
    sub: 'status',
  }),
  // The same objects at an older version.
  row('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: 'hpa',
    all: true,
    sub: 'status',
  }),
  row('batch/v1', 'cronjobs', 'CronJob', { short: 'cj', all: true, sub: 'status', generation: true }),
  row('batch/v1', 'jobs', 'Job', { all: true, sub: 'status', generation: true }),
  row('coordination.k8s.io/v1', 'leases', 'Lease', { conditional: true }),
  row('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', { generation: true }),
  row('events.k8s.io/v1', 'events', 'Event', { short: 'ev', storage: '/events' }),
  row('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', { cluster: true, generation: true }),
  row('networking.k8s.io/v1', 'ingresses', 'Ingress', { short: 'ing', sub: 'status', generation: true }),
  row('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { short: 'netpol', generation: true }),
  row('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    short: 'pdb',
    sub: 'status',
    generation: true,
  }),
  row('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', { cluster: true }),
  row('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', { cluster: true }),
  row('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
  row('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
  row('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { short: 'sc', cluster: true }),
  row('metrics.k8s.io/v1beta1', 'nodes', 'NodeMetrics', { cluster: true }),
  row('metrics.k8s.io/v1beta1', 'pods', 'PodMetrics'),
];

/** Resource types that answer a question and keep nothing: they can only be created. */
export const questions: ReadonlySet<string> = new Set([
  'bindings',
  'localsubjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectreviews',
  'selfsubjectrulesreviews',
  'subjectaccessreviews',
]);

/** The verbs that a resource type, or one of its subresources, answers. */
export function verbsOf(resource: Resource, subresource?: string): readonly string[] {
  if (subresource === 'log') return ['get'];
  if (subresource === 'finalize') return ['update'];
  if (subresource === 'eviction' || subresource === 'binding') return ['create'];
  if (subresource !== undefined) return ['get', 'patch', 'update'];
  if (questions.has(resource.plural)) return ['create'];
  if (resource.group === 'metrics.k8s.io') return ['get', 'list'];
  return ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
}

/** The group, version and kind that a subresource speaks. */
export function subresourceKind(
  resource: Resource,
  subresource: string,
): { group: string; version: string; kind: string } {
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  if (subresource === 'eviction') return { group: 'policy', version: 'v1', kind: 'Eviction' };
  if (subresource === 'binding') return { group: '', version: 'v1', kind: 'Binding' };
  return { group: resource.group, version: resource.version, kind: resource.kind };
}

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return resources.find((one) => one.group === group && one.version === version && one.plural === plural);
}

/** The resource type by its plural in the group that stores it. @throws Error where the table has no such row */
export function resourceOf(group: string, plural: string): Resource {
  const found = resources.find((one) => one.group === group && one.plural === plural);
  if (found === undefined) throw new Error(`No resource type ${group}/${plural}`);
  return found;
}

/** The resource type that keeps the objects of a storage place. */
export function resourceStoredAs(storage: string): Resource {
  const found = resources.find((one) => one.storage === storage);
  if (found === undefined) throw new Error(`No resource type is stored as ${storage}`);
  return found;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, as error messages name a type. */
export function qualifiedName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `Deployment.apps`, as validation messages name a type. */
export function qualifiedKind(resource: Resource): string {
  return resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
}
