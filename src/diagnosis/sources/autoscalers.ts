/** HorizontalPodAutoscalers that scale the workload, or the one that the incident is about. */
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import { closerLooks, listHere, look, type Place, type Seen } from './source.ts';

export interface AutoscalerView {
  readonly autoscaler: KubeObject;
  /** What it scales. */
  readonly scaled: Seen;
}

export async function readAutoscalers(
  place: Place,
  object: KubeObject,
  workload: KubeObject | undefined,
): Promise<readonly AutoscalerView[]> {
  if (object.kind === 'HorizontalPodAutoscaler') {
    const ref = scaledBy(object);
    const known = ref !== undefined && workload !== undefined && sameRef(ref, refOf(workload));
    const scaled = ref === undefined ? 'unreadable' : known ? workload : await look(place, ref);
    return [{ autoscaler: object, scaled }];
  }
  if (workload === undefined || !scalable.has(workload.kind)) return [];
  const all = (await listHere(place, 'HorizontalPodAutoscaler')) ?? [];
  return all
    .filter((autoscaler) => {
      const ref = scaledBy(autoscaler);
      return ref !== undefined && sameRef(ref, refOf(workload));
    })
    .slice(0, closerLooks)
    .map((autoscaler) => ({ autoscaler, scaled: workload }));
}

const scalable = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/** What an autoscaler scales; undefined for a kind that is not read here, such as a custom resource. */
export function scaledBy(autoscaler: KubeObject): ObjectRef | undefined {
  const { kind, name } = (autoscaler['spec']?.scaleTargetRef ?? {}) as { kind?: string; name?: string };
  if (kind === undefined || name === undefined || !scalable.has(kind)) return undefined;
  return { kind, name, namespace: autoscaler.metadata.namespace ?? '' };
}
