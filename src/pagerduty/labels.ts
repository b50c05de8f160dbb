/** Label maps of monitoring tools, and the Kubernetes objects that their labels name. */
import type { TargetHint } from '../domain/incident.ts';

/** Kinds that an incident can be about, by the words that tools use for them (lower case, without separators). */
const kinds: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  deployments: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  cronjob: 'CronJob',
  cronjobs: 'CronJob',
  job: 'Job',
  jobs: 'Job',
  replicaset: 'ReplicaSet',
  replicasets: 'ReplicaSet',
  rs: 'ReplicaSet',
  pod: 'Pod',
  pods: 'Pod',
  po: 'Pod',
  service: 'Service',
  services: 'Service',
  svc: 'Service',
  ingress: 'Ingress',
  ingresses: 'Ingress',
  horizontalpodautoscaler: 'HorizontalPodAutoscaler',
  hpa: 'HorizontalPodAutoscaler',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  pvc: 'PersistentVolumeClaim',
};

/** The PascalCase kind for a tool's word for it. */
export function kindFor(word: string): string | undefined {
  const key = word.toLowerCase().replace(/[^a-z]/g, '');
  return Object.hasOwn(kinds, key) ? kinds[key] : undefined;
}

/** A DNS label of RFC 1123: what namespaces are called. */
export function isNamespace(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** A DNS subdomain of RFC 1123: what objects are called. */
export function isName(text: string): boolean {
  return text.length <= 253 && text.split('.').every(isNamespace);
}

const namespaceKeys = [
  'exported_namespace',
  'namespace',
  'kube_namespace',
  'kubernetes_namespace',
  'kubernetes_namespace_name',
  'k8s_namespace_name',
  'k8s_namespace',
  'pod_namespace',
  'namespace_name',
];

const clusterKeys = [
  'cluster',
  'cluster_name',
  'kube_cluster_name',
  'k8s_cluster_name',
  'kubernetes_cluster',
];

/**
 * Keys that name an object, those that name what would be remediated first.
 * `job` is missing on purpose (Prometheus means a scrape job by it), and `service` stands late
 * because scraped metrics carry the exporter's Service there.
 */
const objectKeys: readonly (readonly [string | undefined, readonly string[]])[] = [
  [
    'Deployment',
    ['deployment', 'kube_deployment', 'deployment_name', 'k8s_deployment_name', 'kubernetes_deployment'],
  ],
  [
    'StatefulSet',
    ['statefulset', 'kube_stateful_set', 'kube_statefulset', 'statefulset_name', 'k8s_statefulset_name'],
  ],
  ['DaemonSet', ['daemonset', 'kube_daemon_set', 'kube_daemonset', 'daemonset_name', 'k8s_daemonset_name']],
  ['CronJob', ['cronjob', 'kube_cronjob', 'cronjob_name', 'k8s_cronjob_name']],
  ['Job', ['job_name', 'kube_job', 'k8s_job_name']],
  ['HorizontalPodAutoscaler', ['horizontalpodautoscaler', 'hpa']],
  ['ReplicaSet', ['replicaset', 'kube_replica_set', 'replicaset_name', 'k8s_replicaset_name']],
  [
    'Pod',
    ['exported_pod', 'pod', 'pod_name', 'kube_pod', 'k8s_pod_name', 'kubernetes_pod_name', 'kubernetes_pod'],
  ],
  ['PersistentVolumeClaim', ['persistentvolumeclaim']],
  ['Ingress', ['ingress', 'kube_ingress']],
  [
    'Service',
    ['exported_service', 'kube_service', 'kubernetes_service', 'k8s_service_name', 'service', 'svc'],
  ],
  [undefined, ['app', 'app_kubernetes_io_name', 'kube_app_name', 'k8s_app', 'component', 'service_name']],
];

/** Pairs of keys where one names the kind and the other the object. */
const kindedKeys: readonly (readonly [string, string])[] = [
  ['kind', 'name'],
  ['resource_kind', 'resource_name'],
  ['resource_type', 'resource_name'],
  ['object_kind', 'object_name'],
  ['workload_type', 'workload'],
  ['workload_kind', 'workload'],
  ['workload_kind', 'workload_name'],
  ['owner_kind', 'owner_name'],
  ['created_by_kind', 'created_by_name'],
];

/** One spelling for `kube-namespace`, `k8s.namespace.name`, `Namespace` and `app.kubernetes.io/name`. */
function canonical(key: string): string {
  return key
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/**
 * The hints in one flat map of labels, best first.
 * Values that are no valid Kubernetes names are left out.
 * @param source where the map was found, put before the label's key (`label`, `Datadog tag`)
 */
export function hintsFromLabels(entries: Iterable<readonly [string, unknown]>, source: string): TargetHint[] {
  const labels = new Map<string, { key: string; value: string }>();
  for (const [key, value] of entries) {
    if (typeof value !== 'string') continue;
    const name = canonical(key);
    const trimmed = value.trim();
    if (trimmed !== '' && !labels.has(name))
      labels.set(name, { key: key.trim().slice(0, 60), value: trimmed });
  }
  const first = (keys: readonly string[], valid: (text: string) => boolean): string | undefined =>
    keys.map((key) => labels.get(key)?.value).find((value) => value !== undefined && valid(value));

  const namespace = first(namespaceKeys, isNamespace);
  const cluster = first(clusterKeys, isClusterName);
  const where = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(cluster === undefined ? {} : { cluster }),
  };
  const hints: TargetHint[] = [];
  const add = (kind: string | undefined, value: string, key: string): void => {
    const object = qualified(value);
    if (object === undefined) return;
    hints.push({ ...where, ...object, ...(kind === undefined ? {} : { kind }), source: `${source} ${key}` });
  };
  for (const [kindKey, nameKey] of kindedKeys) {
    const kind = kindFor(labels.get(kindKey)?.value ?? '');
    const name = labels.get(nameKey);
    if (kind !== undefined && name !== undefined) add(kind, name.value, name.key);
  }
  for (const [kind, keys] of objectKeys) {
    for (const key of keys) {
      const label = labels.get(key);
      if (label !== undefined) add(kind, label.value, label.key);
    }
  }
  if (hints.length === 0 && namespace !== undefined) hints.push({ ...where, source: `${source} namespace` });
  return hints;
}

/** `checkout`, or `shop/checkout` as some tools write it. */
function qualified(text: string): { name: string; namespace?: string } | undefined {
  const [first = '', second, ...rest] = text.split('/');
  if (second === undefined) return isName(first) ? { name: first } : undefined;
  return rest.length === 0 && isNamespace(first) && isName(second)
    ? { namespace: first, name: second }
    : undefined;
}

/** Clusters are named by monitoring tools, more freely than Kubernetes objects; control characters and spaces are not in them. */
function isClusterName(text: string): boolean {
  return /^[A-Za-z0-9][\w.:/@-]{0,252}$/.test(text);
}
