/** NetworkPolicies that select the workload's pods. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { selects, type LabelSelector } from '../labels.ts';
import { podLabels } from '../read.ts';
import { listHere, type Place } from './source.ts';

export async function readPolicies(place: Place, workload: KubeObject): Promise<readonly KubeObject[]> {
  const labels = podLabels(workload) ?? {};
  const all = (await listHere(place, 'NetworkPolicy')) ?? [];
  return all.filter((policy) => selects((policy['spec']?.podSelector ?? {}) as LabelSelector, labels));
}
