/**
 * NetworkPolicies that shut pods off are suspected only, and only where nothing else is wrong: whether the network enforces them,
 * and whether it was meant, cannot be seen (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
import type { Evidence, Hypothesis } from '../../domain/diagnosis.ts';
import { sameRef, type KubeObject } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';

export function suspectedPolicies(
  { surroundings, workload }: Snapshot,
  evidence: readonly Evidence[],
): Hypothesis[] {
  const incoming = surroundings.policies.filter(isAboutIngress);
  // One rule of one policy lets something in: policies only add up.
  if (workload === undefined || incoming.length === 0 || incoming.some(letsSomethingIn)) return [];
  const refs = incoming.map(refOf);
  return [
    {
      statement: `NetworkPolicies let nothing reach the pods of ${workload.metadata.name}: ${refs.map(({ name }) => name).join(', ')}. If the network of the cluster enforces them, no request arrives.`,
      evidence: evidence
        .filter(({ source }) => source.type === 'object' && refs.some((ref) => sameRef(ref, source.ref)))
        .map(({ id }) => id),
    },
  ];
}

function isAboutIngress(policy: KubeObject): boolean {
  const types = policy['spec']?.policyTypes as readonly string[] | undefined;
  return types === undefined || types.includes('Ingress');
}

function letsSomethingIn(policy: KubeObject): boolean {
  return ((policy['spec']?.ingress ?? []) as unknown[]).length > 0;
}
