/** The shape that the shop's workloads have in common: a Deployment with one container, and a Service in front of it. */
import { configMaps, deployments, services } from '../objects.ts';
import type { Container, Deployment, ObjectMeta, PodSpec } from '../objects.ts';
import { manifest, patch } from './scenario.ts';
import type { Deed, Manifest } from './scenario.ts';

export const containerName = 'app';

export interface Workload {
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Comes from a ConfigMap, called {@link configurationOf} the workload. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** What the deployment tool noted of its first revision; absent where the tool notes none. */
  readonly cause?: string;
  readonly memory?: { readonly request: string; readonly limit: string };
  readonly maxSurge?: number;
  readonly maxUnavailable?: number;
  readonly progressDeadlineSeconds?: number;
  /** Fields of the container besides these, or in their place. */
  readonly container?: Partial<Container>;
  /** Fields of the pods besides their container. */
  readonly pod?: Partial<PodSpec>;
  /** What else the Deployment carries, as the tool that owns it writes it. */
  readonly metadata?: Pick<ObjectMeta, 'labels' | 'annotations'>;
}

export function workload(options: Workload, namespace: string): Manifest[] {
  const { name, image, replicas, environment = {}, configuration, cause } = options;
  const { memory = { request: '32Mi', limit: '128Mi' }, maxSurge = 1, maxUnavailable = 1 } = options;
  const labels = { app: name, 'app.kubernetes.io/part-of': 'shop' };
  const spec: Deployment['spec'] = {
    replicas,
    progressDeadlineSeconds: options.progressDeadlineSeconds ?? 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: containerName,
            image,
            imagePullPolicy: 'IfNotPresent',
            env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
            ...(configuration && { envFrom: [{ configMapRef: { name: configurationOf(name) } }] }),
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: {
              requests: { cpu: '10m', memory: memory.request },
              limits: { memory: memory.limit },
            },
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 },
            ...options.container,
          },
        ],
        ...options.pod,
      },
    },
  };
  const metadata = { name: configurationOf(name), namespace, labels };
  return [
    ...(configuration ? [manifest(configMaps, { metadata, data: configuration })] : []),
    manifest(services, {
      metadata: { name, namespace, labels },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    }),
    manifest(deployments, {
      metadata: {
        name,
        namespace,
        labels: { ...labels, ...options.metadata?.labels },
        annotations: {
          ...(cause !== undefined && { 'kubernetes.io/change-cause': cause }),
          ...options.metadata?.annotations,
        },
      },
      spec,
    }),
  ];
}

export function configurationOf(name: string): string {
  return `${name}-config`;
}

/**
 * A change of the pod template as a deployment tool makes it.
 * @param cause its note for the rollout's history
 * @param container what changes in the container
 * @param annotations what changes in the pods' annotations
 */
export function rollOut(
  name: string,
  cause: string,
  container: object,
  annotations?: Record<string, string>,
): Deed {
  return patch(deployments, name, {
    metadata: { annotations: { 'kubernetes.io/change-cause': cause } },
    spec: {
      template: {
        ...(annotations && { metadata: { annotations } }),
        spec: { containers: [{ name: containerName, ...container }] },
      },
    },
  });
}

/** What `kubectl rollout undo` does to what {@link rollOut} changed. */
export function putBack(name: string, container: object): Deed {
  return patch(deployments, name, {
    spec: { template: { spec: { containers: [{ name: containerName, ...container }] } } },
  });
}
