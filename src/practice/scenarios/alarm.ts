/** What a monitoring tool noticed, and how each tool writes it into the alert that PagerDuty gets. */

/** An event of PagerDuty's Events API v2, all but the routing key. */
export interface AlertEvent {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details: unknown;
  };
}

type Severity = 'critical' | 'error' | 'warning' | 'info';

export interface Alarm {
  /** `KubeDeploymentCrashLooping` */
  readonly name: string;
  readonly severity: Severity;
  /** One sentence of the rule's author. */
  readonly summary: string;
  readonly namespace: string;
  /** What the tool knows of the object, in the words of Prometheus: `deployment`, `pod`, `service`, `container`, … */
  readonly labels: Readonly<Record<string, string>>;
}

/** The forms in which alerts arrive, from the most to the least that can be read out of them. */
export type Tool = 'prometheus' | 'alertmanager' | 'datadog' | 'grafana' | 'text' | 'title';
export const tools: readonly Tool[] = ['prometheus', 'alertmanager', 'datadog', 'grafana', 'text', 'title'];

const subjects = [
  'deployment',
  'statefulset',
  'job_name',
  'horizontalpodautoscaler',
  'persistentvolumeclaim',
  'ingress',
  'service',
  'pod',
  'node',
];

/** What the alarm is about: the first of its labels that names an object. */
function subjectOf({ labels, name }: Alarm): string {
  return subjects.map((label) => labels[label]).find((value) => value !== undefined) ?? name;
}

/**
 * @param cluster what the tool calls the cluster
 * @returns an event's payload in the form of that tool
 */
export function payloadOf(tool: Tool, alarm: Alarm, cluster: string): AlertEvent['payload'] {
  const { name, severity, summary, namespace, labels } = alarm;
  const subject = subjectOf(alarm);
  const flat = { alertname: name, namespace, ...labels, severity, cluster };
  const base = { severity, component: subject, group: namespace, class: name };
  switch (tool) {
    case 'prometheus':
      return {
        ...base,
        summary: `[FIRING:1] ${name} ${subject} (${namespace})`,
        source: 'prometheus',
        custom_details: { ...flat, summary },
      };
    case 'alertmanager':
      return {
        ...base,
        summary: `[FIRING:1] ${name} (${namespace} ${subject})`,
        source: 'alertmanager',
        custom_details: {
          num_firing: '1',
          num_resolved: '0',
          firing: [
            'Labels:',
            ...Object.entries(flat)
              .sort()
              .map(([key, value]) => ` - ${key} = ${value}`),
            'Annotations:',
            ` - description = ${summary}`,
            'Source: http://prometheus.monitoring/graph',
            '',
          ].join('\n'),
          resolved: '',
        },
      };
    case 'datadog':
      return {
        ...base,
        summary: `${summary.replace(/\.$/, '')} on kube_namespace:${namespace}`,
        source: 'datadog',
        custom_details: {
          title: name,
          tags: [
            `cluster_name:${cluster}`,
            `kube_namespace:${namespace}`,
            ...Object.entries(labels).map(([key, value]) => `${datadogKey(key)}:${value}`),
            'env:production',
          ],
        },
      };
    case 'grafana':
      return {
        ...base,
        summary: `${name}: ${namespace}/${subject}`,
        source: 'grafana',
        custom_details: { status: 'firing', labels: flat, annotations: { summary }, values: { A: 1 } },
      };
    case 'text':
      return {
        ...base,
        summary: `${name} ${subject}`,
        source: 'nagios',
        custom_details: Object.entries(flat)
          .map(([key, value]) => `${key}=${value}`)
          .concat(summary)
          .join('\n'),
      };
    case 'title':
      return {
        ...base,
        summary: `${namespace}/${subject}: ${summary}`,
        source: 'uptime',
        custom_details: {},
      };
  }
}

/** Datadog's own names of what Prometheus calls `deployment` and `pod`. */
function datadogKey(label: string): string {
  if (label === 'pod') return 'pod_name';
  if (label === 'container') return 'kube_container_name';
  return label === 'job_name' ? 'kube_job' : `kube_${label}`;
}
