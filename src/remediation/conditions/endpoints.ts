/** Whether a Service sends its traffic anywhere. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { counted, type ConditionState } from './condition.ts';

/** The label that ties an EndpointSlice to its Service. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** One endpoint of either kind. An absent `ready` counts as ready. */
interface Endpoint {
  readonly conditions?: { readonly ready?: boolean | null };
}

/**
 * Holds once one endpoint is ready
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/).
 * @param objects the Service's EndpointSlices, or its Endpoints
 */
export function endpointsCondition(service: ObjectRef, objects: readonly KubeObject[]): ConditionState {
  const endpoints = objects.flatMap(endpointsIn);
  const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).length;
  if (ready > 0) return { met: true, message: `${counted(ready, 'ready endpoint')}` };
  return {
    met: false,
    message:
      endpoints.length === 0
        ? `${describeRef(service)} has no endpoints`
        : `0 of ${counted(endpoints.length, 'endpoint')} ready`,
  };
}

function endpointsIn(object: KubeObject): readonly Endpoint[] {
  if (object.kind !== 'Endpoints') return object.endpoints ?? [];
  const subsets: { addresses?: unknown[]; notReadyAddresses?: unknown[] }[] = object.subsets ?? [];
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
    ...addresses.map(() => ({ conditions: { ready: true } })),
    ...notReadyAddresses.map(() => ({ conditions: { ready: false } })),
  ]);
}
