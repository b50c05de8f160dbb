/** Kubernetes objects for the tests of the remediation, as an API server would send them. */
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

type Fields = Record<string, unknown>;

/** A Deployment `shop/checkout` with `replicas` replicas, all up; `status` and `meta` say what is different. */
export function deployment(
  replicas: number,
  status: Fields = {},
  meta: Fields = {},
  container: Fields = {},
): KubeObject {
  return {
    kind: 'Deployment',
    metadata: { name: 'checkout', namespace: 'shop', uid: 'd1', generation: 2, ...meta },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'checkout' } },
      template: { spec: { containers: [{ name: 'app', image: 'shop/checkout:2', ...container }] } },
    },
    status: {
      observedGeneration: 2,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      ...status,
    },
  };
}

/** A pod of a ReplicaSet of `checkout`, Running and Ready. */
export function pod(
  uid: string,
  changes: { restarts?: number; ready?: boolean; meta?: Fields } = {},
): KubeObject {
  return {
    kind: 'Pod',
    metadata: {
      name: `checkout-abc-${uid}`,
      namespace: 'shop',
      uid,
      labels: { app: 'checkout', 'pod-template-hash': 'abc' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-abc', uid: 'rs1', controller: true },
      ],
      ...changes.meta,
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: changes.ready === false ? 'False' : 'True' }],
      containerStatuses: [{ name: 'app', restartCount: changes.restarts ?? 0 }],
    },
  };
}

export function replicaSet(replicas: number): KubeObject {
  return {
    kind: 'ReplicaSet',
    metadata: { name: 'checkout-abc', namespace: 'shop', uid: 'rs1' },
    spec: { replicas, selector: { matchLabels: { app: 'checkout', 'pod-template-hash': 'abc' } } },
    status: { replicas },
  };
}

export function service(selector: Record<string, string> | undefined): KubeObject {
  return {
    kind: 'Service',
    metadata: { name: 'payments', namespace: 'shop' },
    spec: { ports: [{ port: 80 }], ...(selector === undefined ? {} : { selector }) },
  };
}

/** An EndpointSlice of Service `payments`; each argument is one endpoint's `ready`. */
export function slice(...ready: (boolean | undefined)[]): KubeObject {
  return {
    kind: 'EndpointSlice',
    metadata: { name: 'payments-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'payments' } },
    endpoints: ready.map((one) => ({
      addresses: ['10.0.0.1'],
      conditions: one === undefined ? {} : { ready: one },
    })),
  };
}
