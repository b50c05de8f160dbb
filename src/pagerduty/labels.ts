/** Label maps of monitoring tools, and the Kubernetes objects that their labels name. */
import type { TargetHint, Trust } from '../domain/incident.ts';

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
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  hpa: 'HorizontalPodAutoscaler',
  autoscaler: 'HorizontalPodAutoscaler',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  pvc: 'PersistentVolumeClaim',
  pvcs: 'PersistentVolumeClaim',
  node: 'Node',
  nodes: 'Node',
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
  'resource_namespace',
  'object_namespace',
  'involved_object_namespace',
];

const clusterKeys = [
  'cluster',
  'cluster_name',
  'kube_cluster_name',
  'k8s_cluster_name',
  'k8s_cluster',
  'kubernetes_cluster',
  'kubernetes_cluster_name',
  'eks_cluster_name',
  'aks_cluster_name',
];

/**
 * Keys that name an object: those of kube-state-metrics (https://github.com/kubernetes/kube-state-metrics/tree/main/docs), of Datadog
 * (`kube_…`), of OpenTelemetry (`k8s.….name`), and what Elastic, Google Cloud and others make of them.
 * `job` is missing on purpose: Prometheus means a scrape job by it.
 */
const objectKeys: readonly (readonly [string | undefined, readonly string[]])[] = [
  [
    'HorizontalPodAutoscaler',
    [
      'horizontalpodautoscaler',
      'horizontal_pod_autoscaler',
      'kube_horizontal_pod_autoscaler',
      'kube_horizontalpodautoscaler',
      'k8s_hpa_name',
      'hpa_name',
      'hpa',
    ],
  ],
  ['Deployment', spellings('deployment')],
  ['StatefulSet', [...spellings('statefulset'), ...spellings('stateful_set')]],
  ['DaemonSet', [...spellings('daemonset'), ...spellings('daemon_set')]],
  ['CronJob', [...spellings('cronjob'), ...spellings('cron_job')]],
  ['Job', ['job_name', 'kube_job', 'kube_job_name', 'k8s_job_name', 'kubernetes_job_name', 'batch_job']],
  ['ReplicaSet', [...spellings('replicaset'), ...spellings('replica_set')]],
  ['Pod', ['exported_pod', ...spellings('pod')]],
  [
    'PersistentVolumeClaim',
    [
      ...spellings('persistentvolumeclaim'),
      ...spellings('persistent_volume_claim'),
      'k8s_pvc_name',
      'pvc_name',
      'pvc',
    ],
  ],
  [
    'Service',
    ['exported_service', 'kube_service', 'kubernetes_service', 'k8s_service_name', 'service', 'svc'],
  ],
  ['Ingress', ['exported_ingress', ...spellings('ingress')]],
  ['Node', ['exported_node', ...spellings('node'), 'node_name', 'nodename']],
  [
    undefined,
    [
      'app',
      'app_kubernetes_io_name',
      'app_kubernetes_io_instance',
      'kube_app_name',
      'kube_app_instance',
      'k8s_app',
      'component',
      'service_name',
      'container_app_name',
      'workload',
      'workload_name',
      'controller_name',
      'controller',
    ],
  ],
];

/** How tools write the key for a kind, in the form that {@link canonical} gives it. */
function spellings(kind: string): string[] {
  return [
    kind,
    `${kind}_name`,
    `kube_${kind}`,
    `kube_${kind}_name`,
    `k8s_${kind}`,
    `k8s_${kind}_name`,
    `kubernetes_${kind}`,
    `kubernetes_${kind}_name`,
  ];
}

/** Keys under which Prometheus notes where a metric was scraped, often not what it is about. */
const scrapeKeys: ReadonlySet<string> = new Set(['pod', 'service']);
/** What reports on others: its own pod and Service are rarely what is wrong. */
const reporter =
  /(^|-)(kube-state-metrics|node-exporter|[a-z0-9]+-exporter|kubelet|cadvisor|metrics-server)($|-)/;

/** Pairs of keys where one names the kind and the other the object. */
const kindedKeys: readonly (readonly [string, string])[] = [
  ['kind', 'name'],
  ['kind', 'object'],
  ['resource_kind', 'resource_name'],
  ['resource_type', 'resource_name'],
  ['object_kind', 'object_name'],
  ['workload_type', 'workload'],
  ['workload_kind', 'workload'],
  ['workload_kind', 'workload_name'],
  ['workload_type', 'workload_name'],
  ['controller_kind', 'controller_name'],
  ['controller_kind', 'controller'],
  ['scaletargetref_kind', 'scaletargetref_name'],
  ['involved_object_kind', 'involved_object_name'],
  ['owner_kind', 'owner_name'],
  ['created_by_kind', 'created_by_name'],
];

/** One spelling for `kube-namespace`, `k8s.namespace.name`, `k8s.namespaceName`, `Namespace` and `app.kubernetes.io/name`. */
function canonical(key: string): string {
  return key
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** Whether a key is one that names a namespace, a cluster or an object. */
export function isTelling(key: string): boolean {
  return tellingKeys.has(canonical(key));
}

const tellingKeys: ReadonlySet<string> = new Set([
  ...namespaceKeys,
  ...clusterKeys,
  ...objectKeys.flatMap(([, keys]) => keys),
  ...kindedKeys.flat(),
]);

/**
 * The hints in one flat map of labels, best first.
 * Values that are no valid Kubernetes names are left out.
 * @param source where the map was found, put before the label's key (`label`, `tag`)
 */
export function hintsFromLabels(
  entries: Iterable<readonly [string, unknown]>,
  source: string,
  trust: Trust,
): TargetHint[] {
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
  const add = (kind: string | undefined, value: string, key: string, believed = trust): void => {
    const object = qualified(value);
    if (object === undefined) return;
    hints.push({
      ...where,
      ...object,
      ...(kind === undefined ? {} : { kind }),
      source: `${source} ${key}`,
      trust: believed,
    });
  };
  for (const [kindKey, nameKey] of kindedKeys) {
    const kind = kindFor(labels.get(kindKey)?.value ?? '');
    const name = labels.get(nameKey);
    if (kind !== undefined && name !== undefined) add(kind, name.value, name.key);
  }
  for (const [kind, keys] of objectKeys) {
    for (const key of keys) {
      const label = labels.get(key);
      if (label === undefined) continue;
      add(
        kind,
        label.value,
        label.key,
        (kind === undefined || scrapeKeys.has(key)) && reporter.test(label.value) ? 'incidental' : trust,
      );
    }
  }
  if (hints.length === 0 && (namespace !== undefined || cluster !== undefined)) {
    hints.push({ ...where, source: `${source} ${namespace === undefined ? 'cluster' : 'namespace'}`, trust });
  }
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
