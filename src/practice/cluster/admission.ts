/** What a real API server's admission plugins do to new objects: they add to them, or refuse them. */
import type { V1PodSpec } from '@kubernetes/client-node';
import type { KubeObject } from './object.ts';
import { defaultTolerations } from './pod-tolerations.ts';
import { checkQuotas } from './quota.ts';
import type { Resource } from './resources.ts';
import type { Store } from './store.ts';

/** Storage that is in use is not taken away: whoever sees to that takes these off. */
const protections: Readonly<Record<string, string>> = {
  PersistentVolume: 'kubernetes.io/pv-protection',
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
};

/**
 * Completes a new object in place, or does not let it pass.
 * @param now milliseconds since 1970
 * @throws ApiFailure 403
 */
export function admit(store: Store, resource: Resource, object: KubeObject, now: number): void {
  if (object.kind === 'Pod') defaultTolerations(object['spec'] as V1PodSpec);
  const protection = protections[object.kind];
  const { finalizers = [] } = object.metadata;
  if (protection !== undefined && !finalizers.includes(protection)) {
    object.metadata.finalizers = [...finalizers, protection];
  }
  checkQuotas(store, resource, object, now);
}
