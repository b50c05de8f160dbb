/**
 * The built-in resource types of Kubernetes 1.36 in every spelling that kubectl takes: plural, singular, kind, short
 * name, TYPE.GROUP, TYPE.VERSION.GROUP, in any case. Source: `kubectl api-resources` and
 * https://kubernetes.io/docs/reference/kubectl/#resource-types .
 */

/** What the risk table asks of a type. */
export type Family = 'workload' | 'service' | 'secret' | 'rbac' | 'webhook' | 'other' | 'unknown' | 'several';

export interface ResourceType {
  /** PascalCase kind; for types that are not built in, what was typed. */
  readonly kind: string;
  /** For sentences: `pods`. */
  readonly plural: string;
  /** Undefined where we cannot know. */
  readonly namespaced: boolean | undefined;
  readonly family: Family;
  /** Deleting one takes a typed name: much goes with it, or data is lost. */
  readonly deletionForbidden: boolean;
  readonly group: string;
}

type Scope = 'namespaced' | 'cluster';
type Row = readonly [
  plural: string,
  kind: string,
  group: string,
  scope: Scope,
  shortNames: string,
  family?: Family | 'protected',
];

const rows: readonly Row[] = [
  ['bindings', 'Binding', '', 'namespaced', ''],
  ['componentstatuses', 'ComponentStatus', '', 'cluster', 'cs'],
  ['configmaps', 'ConfigMap', '', 'namespaced', 'cm'],
  ['endpoints', 'Endpoints', '', 'namespaced', 'ep'],
  ['events', 'Event', '', 'namespaced', 'ev'],
  ['limitranges', 'LimitRange', '', 'namespaced', 'limits'],
  ['namespaces', 'Namespace', '', 'cluster', 'ns', 'protected'],
  ['nodes', 'Node', '', 'cluster', 'no', 'protected'],
  ['persistentvolumeclaims', 'PersistentVolumeClaim', '', 'namespaced', 'pvc', 'protected'],
  ['persistentvolumes', 'PersistentVolume', '', 'cluster', 'pv', 'protected'],
  ['pods', 'Pod', '', 'namespaced', 'po', 'workload'],
  ['podtemplates', 'PodTemplate', '', 'namespaced', ''],
  ['replicationcontrollers', 'ReplicationController', '', 'namespaced', 'rc', 'workload'],
  ['resourcequotas', 'ResourceQuota', '', 'namespaced', 'quota'],
  ['secrets', 'Secret', '', 'namespaced', '', 'secret'],
  ['serviceaccounts', 'ServiceAccount', '', 'namespaced', 'sa', 'rbac'],
  ['services', 'Service', '', 'namespaced', 'svc', 'service'],
  [
    'mutatingadmissionpolicies',
    'MutatingAdmissionPolicy',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    'admissionregistration.k8s.io',
    'cluster',
    '',
    'webhook',
  ],
  [
    'customresourcedefinitions',
    'CustomResourceDefinition',
    'apiextensions.k8s.io',
    'cluster',
    'crd crds',
    'protected',
  ],
  ['apiservices', 'APIService', 'apiregistration.k8s.io', 'cluster', ''],
  ['controllerrevisions', 'ControllerRevision', 'apps', 'namespaced', ''],
  ['daemonsets', 'DaemonSet', 'apps', 'namespaced', 'ds', 'workload'],
  ['deployments', 'Deployment', 'apps', 'namespaced', 'deploy', 'workload'],
  ['replicasets', 'ReplicaSet', 'apps', 'namespaced', 'rs', 'workload'],
  ['statefulsets', 'StatefulSet', 'apps', 'namespaced', 'sts', 'workload'],
  ['horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'autoscaling', 'namespaced', 'hpa'],
  ['cronjobs', 'CronJob', 'batch', 'namespaced', 'cj', 'workload'],
  ['jobs', 'Job', 'batch', 'namespaced', '', 'workload'],
  ['certificatesigningrequests', 'CertificateSigningRequest', 'certificates.k8s.io', 'cluster', 'csr'],
  ['clustertrustbundles', 'ClusterTrustBundle', 'certificates.k8s.io', 'cluster', ''],
  ['podcertificaterequests', 'PodCertificateRequest', 'certificates.k8s.io', 'namespaced', ''],
  ['leases', 'Lease', 'coordination.k8s.io', 'namespaced', ''],
  ['endpointslices', 'EndpointSlice', 'discovery.k8s.io', 'namespaced', ''],
  ['flowschemas', 'FlowSchema', 'flowcontrol.apiserver.k8s.io', 'cluster', ''],
  [
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    'flowcontrol.apiserver.k8s.io',
    'cluster',
    '',
  ],
  ['localsubjectaccessreviews', 'LocalSubjectAccessReview', 'authorization.k8s.io', 'namespaced', ''],
  ['selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'authorization.k8s.io', 'cluster', ''],
  ['selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'authorization.k8s.io', 'cluster', ''],
  ['subjectaccessreviews', 'SubjectAccessReview', 'authorization.k8s.io', 'cluster', ''],
  ['selfsubjectreviews', 'SelfSubjectReview', 'authentication.k8s.io', 'cluster', ''],
  ['tokenreviews', 'TokenReview', 'authentication.k8s.io', 'cluster', ''],
  ['ingressclasses', 'IngressClass', 'networking.k8s.io', 'cluster', ''],
  ['ingresses', 'Ingress', 'networking.k8s.io', 'namespaced', 'ing'],
  ['ipaddresses', 'IPAddress', 'networking.k8s.io', 'cluster', 'ip'],
  ['networkpolicies', 'NetworkPolicy', 'networking.k8s.io', 'namespaced', 'netpol'],
  ['servicecidrs', 'ServiceCIDR', 'networking.k8s.io', 'cluster', ''],
  ['runtimeclasses', 'RuntimeClass', 'node.k8s.io', 'cluster', ''],
  ['poddisruptionbudgets', 'PodDisruptionBudget', 'policy', 'namespaced', 'pdb'],
  ['clusterrolebindings', 'ClusterRoleBinding', 'rbac.authorization.k8s.io', 'cluster', '', 'rbac'],
  ['clusterroles', 'ClusterRole', 'rbac.authorization.k8s.io', 'cluster', '', 'rbac'],
  ['rolebindings', 'RoleBinding', 'rbac.authorization.k8s.io', 'namespaced', '', 'rbac'],
  ['roles', 'Role', 'rbac.authorization.k8s.io', 'namespaced', '', 'rbac'],
  ['deviceclasses', 'DeviceClass', 'resource.k8s.io', 'cluster', ''],
  ['resourceclaims', 'ResourceClaim', 'resource.k8s.io', 'namespaced', ''],
  ['resourceclaimtemplates', 'ResourceClaimTemplate', 'resource.k8s.io', 'namespaced', ''],
  ['resourceslices', 'ResourceSlice', 'resource.k8s.io', 'cluster', ''],
  ['priorityclasses', 'PriorityClass', 'scheduling.k8s.io', 'cluster', 'pc'],
  ['csidrivers', 'CSIDriver', 'storage.k8s.io', 'cluster', ''],
  ['csinodes', 'CSINode', 'storage.k8s.io', 'cluster', ''],
  ['csistoragecapacities', 'CSIStorageCapacity', 'storage.k8s.io', 'namespaced', ''],
  ['storageclasses', 'StorageClass', 'storage.k8s.io', 'cluster', 'sc'],
  ['volumeattachments', 'VolumeAttachment', 'storage.k8s.io', 'cluster', ''],
  ['volumeattributesclasses', 'VolumeAttributesClass', 'storage.k8s.io', 'cluster', 'vac'],
];

const byName = new Map<string, ResourceType>();
for (const [plural, kind, group, scope, shortNames, family] of rows) {
  const type: ResourceType = {
    kind,
    plural,
    group,
    namespaced: scope === 'namespaced',
    family: family === undefined || family === 'protected' ? 'other' : family,
    deletionForbidden: family === 'protected',
  };
  const spellings = [plural, kind.toLowerCase(), ...shortNames.split(' ').filter((name) => name !== '')];
  for (const spelling of spellings) byName.set(spelling, type);
}

/** `kubectl get all` reads types of its own; `api-extensions` holds CustomResourceDefinitions and webhooks. */
const categories: readonly (readonly [string, boolean])[] = [
  ['all', false],
  ['api-extensions', true],
];
for (const [name, deletionForbidden] of categories) {
  byName.set(name, {
    kind: name,
    plural: name,
    group: '',
    // Custom resources of either scope can join a category.
    namespaced: undefined,
    family: 'several',
    deletionForbidden,
  });
}

/** Groups that serve the same objects under the same name. */
const alsoIn: ReadonlyMap<string, string> = new Map([['events', 'events.k8s.io']]);

const version = /^v\d+((alpha|beta)\d+)?$/;
const typeSyntax = /^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]*)*$/;

/**
 * Finds the type that a word names.
 * A built-in name with the group of somebody else is an unknown type that keeps the built-in's protection.
 * @returns undefined where the word cannot name any type
 */
export function resolveType(word: string): ResourceType | undefined {
  return byName.get(word) ?? resolveSpelling(word);
}

/** Finds a built-in type by its exact kind: `Pod`. */
export function builtInType(kind: string): ResourceType {
  const type = byName.get(kind.toLowerCase());
  if (type === undefined) throw new Error(`${kind} is not in the table of built-in types`);
  return type;
}

function resolveSpelling(word: string): ResourceType | undefined {
  if (!typeSyntax.test(word)) return undefined;
  const lower = word.toLowerCase();
  const dot = lower.indexOf('.');
  const name = dot < 0 ? lower : lower.slice(0, dot);
  const known = byName.get(name);
  if (dot < 0 && known !== undefined) return known;
  if (known !== undefined && known.family !== 'several' && isOf(known, lower.slice(dot + 1))) return known;
  return {
    kind: word,
    plural: word,
    group: dot < 0 ? '' : lower.slice(dot + 1),
    namespaced: undefined,
    family: known?.family === 'secret' ? 'secret' : 'unknown',
    deletionForbidden: known?.deletionForbidden ?? false,
  };
}

function isOf({ plural, group }: ResourceType, suffix: string): boolean {
  const other = alsoIn.get(plural);
  return groupMatches(suffix, group) || (other !== undefined && groupMatches(suffix, other));
}

/** `apps`, `v1.apps`, `v1.` for the core group. Prefixes, which kubectl takes too, count as unknown here. */
function groupMatches(suffix: string, group: string): boolean {
  if (suffix === group) return true;
  const dot = suffix.indexOf('.');
  return dot > 0 && version.test(suffix.slice(0, dot)) && suffix.slice(dot + 1) === group;
}
