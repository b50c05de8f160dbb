/** Alert bodies as monitoring tools send them through PagerDuty, and what each is about in the cluster of {@link corpusCluster}. */
import type { Alert } from '../../../src/domain/incident.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { deployment, namespace as shop, pod, revision, running, service } from './shop.ts';

export interface Example {
  /** Who sends it, and what is particular about it. */
  readonly from: string;
  readonly alert: Partial<Alert>;
  /** The target; several where a person has to choose; a `?` behind it where it is found but not sure. */
  readonly about: string | readonly string[];
}

const plainObject = (kind: string, name: string, namespace?: string, more: object = {}): KubeObject => ({
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});
const podName = 'checkout-hash1-x2kqp';

/** A shop with one object of each kind that alerts are about, its twin in staging, and the monitoring beside it. */
export function corpusCluster(): KubeObject[] {
  const cronJobOwner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: 'export',
    uid: 'c',
    controller: true,
  };
  return [
    deployment(),
    revision(1, { replicas: 2 }),
    pod(podName, 1, running),
    service({ app: 'checkout' }),
    deployment({ name: 'api-gateway' }),
    { ...deployment({ name: 'search' }), metadata: { name: 'search', namespace: 'staging' } },
    { ...deployment({ name: 'search' }), metadata: { name: 'search', namespace: 'production' } },
    plainObject('HorizontalPodAutoscaler', 'checkout', shop, {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' } },
    }),
    plainObject('StatefulSet', 'db', shop, { spec: { replicas: 1 }, status: { readyReplicas: 1 } }),
    plainObject('DaemonSet', 'log-agent', 'logging', {
      status: { desiredNumberScheduled: 3, numberReady: 2 },
    }),
    plainObject('PersistentVolumeClaim', 'data-db-0', shop),
    plainObject('Ingress', 'storefront', shop),
    plainObject('CronJob', 'export', shop),
    {
      ...plainObject('Job', 'export-29381220', shop),
      metadata: { name: 'export-29381220', namespace: shop, ownerReferences: [cronJobOwner] },
    },
    {
      ...plainObject('Job', 'export-29381280', shop),
      metadata: { name: 'export-29381280', namespace: shop, ownerReferences: [cronJobOwner] },
    },
    plainObject('Job', 'migrate', shop),
    plainObject('Pod', 'migrate-q7xzt', shop, {}),
    plainObject('Node', 'worker-3'),
    deployment({ name: 'exporter-free' }),
    { ...deployment(), metadata: { name: 'kube-state-metrics', namespace: 'monitoring' } },
    plainObject('Service', 'kube-state-metrics', 'monitoring'),
  ].map((object) =>
    object.kind === 'Pod' && object.metadata.name === 'migrate-q7xzt'
      ? {
          ...object,
          metadata: {
            ...object.metadata,
            ownerReferences: [
              { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: 'j', controller: true },
            ],
          },
        }
      : object,
  );
}

/** The labels that a scrape of kube-state-metrics leaves on every alert of some installations. */
const scraped = {
  container: 'kube-state-metrics',
  endpoint: 'http',
  instance: '10.1.2.3:8080',
  job: 'kube-state-metrics',
  pod: 'kube-state-metrics-5d8f9c7b6d-zz9pl',
  service: 'kube-state-metrics',
};

const firing = (labels: Record<string, string>, annotations: Record<string, string> = {}): string =>
  [
    'Labels:',
    ...Object.entries(labels).map(([key, value]) => ` - ${key} = ${value}`),
    'Annotations:',
    ...Object.entries(annotations).map(([key, value]) => ` - ${key} = ${value}`),
    'Source: http://prometheus.monitoring:9090/graph?g0.expr=up&g0.tab=1',
    '',
  ].join('\n');

export const corpus: readonly Example[] = [
  {
    from: 'Prometheus, flat labels',
    alert: {
      details: { alertname: 'KubeDeploymentReplicasMismatch', namespace: shop, deployment: 'checkout' },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Prometheus, a pod',
    alert: { details: { alertname: 'KubePodCrashLooping', namespace: shop, pod: podName, container: 'app' } },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Prometheus, a pod that is gone',
    alert: { details: { namespace: shop, pod: 'api-gateway-7d9c5b4f6-x2kqp' } },
    about: 'Deployment shop/api-gateway',
  },
  {
    from: 'Prometheus, an autoscaler, with its workload',
    alert: {
      details: {
        ...{ namespace: shop, horizontalpodautoscaler: 'checkout', scaletargetref_kind: 'Deployment' },
        scaletargetref_name: 'checkout',
      },
    },
    about: 'HorizontalPodAutoscaler shop/checkout',
  },
  {
    from: 'Prometheus, a volume claim measured by the kubelet',
    alert: {
      details: {
        ...{
          alertname: 'KubePersistentVolumeFillingUp',
          namespace: shop,
          persistentvolumeclaim: 'data-db-0',
        },
        ...{ node: 'worker-3', job: 'kubelet', service: 'kubelet', metrics_path: '/metrics' },
      },
    },
    about: 'PersistentVolumeClaim shop/data-db-0',
  },
  {
    from: 'Prometheus, a node, scraped by kube-state-metrics',
    alert: {
      details: { ...scraped, namespace: 'monitoring', alertname: 'KubeNodeNotReady', node: 'worker-3' },
    },
    about: 'Node worker-3',
  },
  {
    from: 'Prometheus, a workload, scraped by kube-state-metrics',
    alert: { details: { ...scraped, namespace: shop, statefulset: 'db' } },
    about: 'StatefulSet shop/db',
  },
  {
    from: 'Prometheus, kube-state-metrics itself',
    alert: { details: { ...scraped, namespace: 'monitoring', alertname: 'TargetDown' } },
    about: 'Deployment monitoring/kube-state-metrics?',
  },
  {
    from: 'Prometheus, a daemon set',
    alert: { details: { namespace: 'logging', daemonset: 'log-agent' } },
    about: 'DaemonSet logging/log-agent',
  },
  {
    from: 'Prometheus, a Job (and not the scrape job)',
    alert: { details: { namespace: shop, job_name: 'export-29381220', job: 'kube-state-metrics' } },
    about: 'Job shop/export-29381220',
  },
  {
    from: 'Prometheus, a Job that was cleaned up',
    alert: { details: { namespace: shop, job_name: 'export-29380000' } },
    about: 'CronJob shop/export',
  },
  {
    from: 'Prometheus, a pod of a Job',
    alert: { details: { namespace: shop, pod: 'migrate-q7xzt' } },
    about: 'Job shop/migrate',
  },
  {
    from: 'Prometheus, a cron job and the Job it made',
    alert: { details: { namespace: shop, cronjob: 'export', job_name: 'export-29381220' } },
    about: 'Job shop/export-29381220',
  },
  {
    from: 'Alertmanager, two Jobs of one cron job',
    alert: {
      details: {
        num_firing: '2',
        firing:
          firing({ namespace: shop, job_name: 'export-29381220' }) +
          firing({ namespace: shop, job_name: 'export-29381280' }),
      },
    },
    about: 'CronJob shop/export',
  },
  {
    from: 'Alertmanager, firing and resolved blocks',
    alert: {
      title: '[FIRING:1] KubeDeploymentReplicasMismatch (shop checkout critical)',
      details: {
        num_firing: '1',
        num_resolved: '1',
        firing: firing(
          { alertname: 'KubeDeploymentReplicasMismatch', namespace: shop, deployment: 'checkout' },
          { description: 'Deployment shop/checkout has not matched for 15 minutes.' },
        ),
        resolved: firing({ alertname: 'X', namespace: shop, deployment: 'api-gateway' }),
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Alertmanager, two workloads in one group',
    alert: {
      details: {
        firing:
          firing({ namespace: shop, deployment: 'checkout' }) +
          firing({ namespace: shop, deployment: 'api-gateway' }),
      },
    },
    about: ['Deployment shop/checkout', 'Deployment shop/api-gateway'],
  },
  {
    from: 'Alertmanager, a rule whose labels say nothing and whose annotation does',
    alert: {
      details: {
        firing: firing({ alertname: 'TooSlow' }, { summary: 'Deployment shop/checkout answers slowly' }),
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Alertmanager webhook, as it is',
    alert: {
      details: {
        status: 'firing',
        commonLabels: { namespace: shop },
        alerts: [
          { status: 'resolved', labels: { namespace: shop, deployment: 'api-gateway' } },
          { status: 'firing', labels: { namespace: shop, deployment: 'checkout' } },
        ],
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Alertmanager, details as a string of JSON inside of a string of JSON',
    alert: {
      details: JSON.stringify({
        payload: JSON.stringify({ labels: { namespace: shop, deployment: 'checkout' } }),
      }),
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Datadog, a list of tags',
    alert: {
      title: '[Triggered] Pods not ready',
      details: {
        tags: ['env:prod', 'service:storefront', `kube_namespace:${shop}`, 'kube_deployment:checkout'],
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Datadog, tags in one string beside the query',
    alert: {
      details: {
        query:
          'avg(last_5m):avg:kubernetes_state.statefulset.replicas_ready{kube_namespace:shop,kube_stateful_set:db} < 1',
        tags: 'monitor, kube_namespace:shop, kube_stateful_set:db',
      },
    },
    about: 'StatefulSet shop/db',
  },
  {
    from: 'Datadog, the group in the title alone',
    alert: { title: '[Triggered on {kube_namespace:shop,kube_deployment:checkout}] Replicas are down' },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Grafana, the text of its PagerDuty contact point',
    alert: {
      details: {
        firing: `Value: A=0, C=1\n${firing({ alertname: 'No replicas', grafana_folder: 'shop', namespace: shop, deployment: 'checkout' })}`,
        num_firing: '1',
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Grafana, valueString',
    alert: {
      details: {
        valueString: `[ var='A' labels={namespace=shop, pod=${podName}} value=0 ]`,
        values: { A: 0 },
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Grafana of old, evalMatches',
    alert: {
      details: {
        evalMatches: [{ metric: 'restarts', tags: { namespace: shop, deployment: 'checkout' }, value: 9 }],
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Elastic, nested fields',
    alert: {
      details: { kubernetes: { namespace: shop, pod: { name: podName }, container: { name: 'app' } } },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'OpenTelemetry attributes',
    alert: {
      details: {
        attributes: {
          'k8s.namespace.name': shop,
          'k8s.statefulset.name': 'db',
          'service.name': 'storefront',
        },
      },
    },
    about: 'StatefulSet shop/db',
  },
  {
    from: 'New Relic, camel case',
    alert: { details: { targets: [{ labels: { namespaceName: shop, deploymentName: 'checkout' } }] } },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Google Cloud, resource labels',
    alert: {
      details: {
        incident: { resource: { type: 'k8s_pod', labels: { namespace_name: shop, pod_name: podName } } },
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'Azure Monitor, dimensions by name and value',
    alert: {
      details: {
        dimensions: [
          { name: 'Kubernetes namespace', value: shop },
          { name: 'controllerName', value: 'checkout' },
        ],
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'CloudWatch Container Insights, which calls the workload a pod',
    alert: {
      details: {
        Trigger: {
          Dimensions: [
            { name: 'ClusterName', value: 'prod' },
            { name: 'Namespace', value: shop },
            { name: 'PodName', value: 'checkout' },
          ],
        },
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'a Kubernetes event',
    alert: {
      details: {
        reason: 'FailedScheduling',
        involvedObject: { kind: 'Pod', namespace: shop, name: podName },
      },
    },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'nginx ingress, whose metrics name Ingress and Service',
    alert: {
      details: {
        ...{ namespace: 'ingress-nginx', exported_namespace: shop, ingress: 'storefront' },
        exported_service: 'checkout',
      },
    },
    about: 'Service shop/checkout',
  },
  {
    from: 'a black-box probe of an Ingress',
    alert: {
      details: { namespace: shop, ingress: 'storefront', job: 'blackbox', instance: 'https://shop.example' },
    },
    about: 'Ingress shop/storefront',
  },
  {
    from: 'Nagios, lines of text',
    alert: { details: `namespace=${shop}\ndeployment=checkout\nCRITICAL: 0 of 2 ready` },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'an app label and nothing else',
    alert: { details: { namespace: shop, app: 'checkout' } },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'the Common Event Format, component and group',
    alert: { details: { cef_details: { source_component: 'checkout', service_group: shop } } },
    about: 'Deployment shop/checkout',
  },
  {
    from: 'custom fields of the incident',
    alert: {
      details: {
        custom_fields: [
          { name: 'namespace', value: shop },
          { name: 'statefulset', value: 'db' },
        ],
      },
    },
    about: 'StatefulSet shop/db',
  },
  {
    from: 'a title with kind and place',
    alert: { title: 'StatefulSet shop/db is down' },
    about: 'StatefulSet shop/db',
  },
  { from: 'a title in words', alert: { title: 'node worker-3 is not ready' }, about: 'Node worker-3' },
  {
    from: 'a title that speaks of a kind beside the name',
    alert: { title: 'shop/checkout: the autoscaler runs at its maximum' },
    about: 'HorizontalPodAutoscaler shop/checkout',
  },
  {
    from: 'a title without a namespace, of something that is there twice',
    alert: { title: 'deployment search is down' },
    about: ['Deployment staging/search', 'Deployment production/search'],
  },
  {
    from: 'nothing but a PagerDuty service that is called alike',
    alert: { title: 'Something is slow', service: 'API Gateway' },
    about: 'Deployment shop/api-gateway?',
  },
  {
    from: 'labels of something that does not exist, and a title about something else',
    alert: {
      title: 'deployment api-gateway in shop',
      details: { namespace: shop, deployment: 'gone-for-good' },
    },
    about: 'Deployment shop/api-gateway?',
  },
  {
    from: 'a namespace and no object in it, where one workload is unwell',
    alert: { details: { namespace: 'logging', alertname: 'NamespaceErrorBudget' } },
    about: ['DaemonSet logging/log-agent'],
  },
  {
    from: 'a namespace and no object in it, where all is well',
    alert: { details: { namespace: shop, alertname: 'NamespaceErrorBudget' } },
    about: [],
  },
  { from: 'nothing at all', alert: { title: 'It is down!', details: 'please look' }, about: [] },
];
