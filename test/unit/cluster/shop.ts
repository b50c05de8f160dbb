/** Objects of a small shop, as an API server would send them. */
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

export const namespace = 'shop';
export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export interface AppOptions {
  readonly name?: string;
  readonly replicas?: number;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly conditions?: object[];
  readonly readyReplicas?: number;
}

export function deployment({
  name = 'checkout',
  replicas = 2,
  labels = { app: name },
  annotations = {},
  conditions = [],
  readyReplicas = replicas,
}: AppOptions = {}): KubeObject {
  return {
    kind: 'Deployment',
    metadata: { namespace, name, uid: `d-${name}`, generation: 1, annotations },
    spec: { replicas, selector: { matchLabels: { app: labels['app'] } }, template: { metadata: { labels } } },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas,
      availableReplicas: readyReplicas,
      conditions,
    },
  };
}

export interface RevisionOptions {
  readonly app?: string;
  readonly replicas?: number;
  readonly available?: number;
  readonly createdAgo?: number;
  readonly container?: Record<string, unknown>;
  readonly template?: Record<string, unknown>;
}

export function revision(
  number: number,
  {
    app = 'checkout',
    replicas = 0,
    available = 0,
    createdAgo = 3600,
    container = {},
    template = {},
  }: RevisionOptions = {},
): KubeObject {
  return {
    kind: 'ReplicaSet',
    metadata: {
      namespace,
      name: `${app}-hash${number}`,
      uid: `rs-${app}-${number}`,
      creationTimestamp: ago(createdAgo),
      labels: { app },
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: app, uid: `d-${app}`, controller: true },
      ],
    },
    spec: {
      replicas,
      template: {
        spec: { containers: [{ name: 'app', image: 'shop/checkout:1', ...container }], ...template },
      },
    },
    status: { replicas, availableReplicas: available },
  };
}

export interface PodOptions {
  readonly app?: string;
  readonly labels?: Record<string, string>;
  readonly container?: Record<string, unknown>;
  readonly createdAgo?: number;
  readonly deleted?: boolean;
  readonly ready?: boolean;
}

/** A pod of revision `number`; `status` is the status of its container `app`. */
export function pod(
  name: string,
  number: number,
  status: Record<string, unknown>,
  {
    app = 'checkout',
    labels = { app },
    container = {},
    createdAgo = 600,
    deleted = false,
    ready = false,
  }: PodOptions = {},
): KubeObject {
  return {
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      uid: `p-${name}`,
      creationTimestamp: ago(createdAgo),
      labels,
      ...(deleted ? { deletionTimestamp: ago(1) } : {}),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-hash${number}`,
          uid: `rs-${app}-${number}`,
          controller: true,
        },
      ],
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'shop/checkout:1', ...container }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', ready, restartCount: 0, ...status }],
    },
  };
}

export const running = { state: { running: { startedAt: ago(500) } } };
export const crashing = (exitCode = 1, reason = 'Error', restartCount = 4): Record<string, unknown> => ({
  restartCount,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { exitCode, reason, finishedAt: ago(20) } },
});
export const unpulled = {
  state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "shop/checkout:2"' } },
};

export function service(
  selector: Record<string, string>,
  { name = 'checkout', annotations = {} }: { name?: string; annotations?: Record<string, string> } = {},
): KubeObject {
  return {
    kind: 'Service',
    metadata: { namespace, name, annotations },
    spec: { selector, ports: [{ port: 80 }] },
  };
}

export function endpoints(ready: number, notReady = 0, name = 'checkout'): KubeObject {
  const addresses = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({ ip: `10.0.0.${index}` }));
  return {
    kind: 'Endpoints',
    metadata: { namespace, name },
    subsets:
      ready + notReady === 0
        ? undefined
        : [{ addresses: addresses(ready), notReadyAddresses: addresses(notReady) }],
  };
}

export function event(
  kind: string,
  name: string,
  reason: string,
  message: string,
  type = 'Warning',
): KubeObject {
  return {
    kind: 'Event',
    metadata: { namespace, name: `${name}.${reason}` },
    type,
    reason,
    message,
    count: 3,
    lastTimestamp: ago(30),
    involvedObject: { kind, namespace, name },
  };
}
