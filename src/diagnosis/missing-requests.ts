/** Containers that do not request what an autoscaler computes shares of. */
import type { KubeObject, ObjectRef } from '../domain/kubernetes.ts';
import { scalingOf } from './autoscaling.ts';
import { parseQuantity } from './quantity.ts';
import { refOf, type ContainerSpec } from './pods.ts';
import { revisionOf } from './read.ts';

export interface MissingRequest {
  readonly container: string;
  readonly resource: 'cpu' | 'memory';
  /** What the newest older revision that requested some requested. */
  readonly former:
    { readonly amount: string; readonly revision: number; readonly ref: ObjectRef } | undefined;
}

/**
 * A share of a resource can be computed only where every container of the pod requests some; a limit alone counts as a request
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work).
 * @param replicaSets of the workload, newest first
 */
export function missingRequests(
  autoscaler: KubeObject,
  workload: KubeObject,
  replicaSets: readonly KubeObject[],
): MissingRequest[] {
  const shares = scalingOf(autoscaler).metrics.filter(({ utilization }) => utilization !== undefined);
  return shares.flatMap(({ resource, container: only }) => {
    if (resource !== 'cpu' && resource !== 'memory') return [];
    return containersIn(workload)
      .filter(({ name }) => only === undefined || name === only)
      .filter((container) => requestIn(container, resource) === undefined)
      .map(({ name }) => ({ container: name, resource, former: formerRequest(replicaSets, name, resource) }));
  });
}

function formerRequest(
  replicaSets: readonly KubeObject[],
  container: string,
  resource: 'cpu' | 'memory',
): MissingRequest['former'] {
  for (const set of replicaSets.slice(1)) {
    const spec = containersIn(set).find(({ name }) => name === container);
    const amount = spec?.resources?.requests?.[resource];
    if (amount !== undefined && (parseQuantity(amount) ?? 0) > 0) {
      return { amount, revision: revisionOf(set), ref: refOf(set) };
    }
  }
  return undefined;
}

/** Containers, and those init containers that go on beside them. */
function containersIn(object: KubeObject): ContainerSpec[] {
  const { containers = [], initContainers = [] } = (object['spec']?.template?.spec ?? {}) as Record<
    string,
    ContainerSpec[] | undefined
  >;
  return [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')];
}

function requestIn({ resources }: ContainerSpec, resource: 'cpu' | 'memory'): string | undefined {
  const amount = resources?.requests?.[resource] ?? resources?.limits?.[resource];
  return (parseQuantity(amount) ?? 0) > 0 ? amount : undefined;
}
