/** What a namespace may use, and what it puts into pods that do not say. Read where pods cannot be made. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { listHere, type Place } from './source.ts';

export interface NamespaceLimits {
  /** `v1 ResourceQuota`: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
  readonly quotas: readonly KubeObject[];
  /** `v1 LimitRange`: https://kubernetes.io/docs/concepts/policy/limit-range/ */
  readonly limitRanges: readonly KubeObject[];
  /** Other Deployments of the namespace: what their containers may use is the custom there. */
  readonly siblings: readonly KubeObject[];
}

export async function limitsOf(place: Place): Promise<NamespaceLimits> {
  const [quotas = [], limitRanges = [], siblings = []] = await Promise.all([
    listHere(place, 'ResourceQuota'),
    listHere(place, 'LimitRange'),
    listHere(place, 'Deployment'),
  ]);
  return { quotas, limitRanges, siblings };
}
