/** Fewer replicas, where there is no room for all that are asked for. */
import type { Provenance } from '../../domain/diagnosis.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { cite, claimed, onlySuspected, type Remedy, type RemedyContext } from './remedy.ts';

/**
 * Scales a Deployment down to what there is room for: never to 0, never up, and not against an autoscaler, which would take it back.
 * @param count how many replicas there is room for
 * @param why a sentence
 */
export function fewerReplicas(
  context: RemedyContext,
  cause: string,
  count: number,
  why: string,
  { confidence, grounds }: { readonly confidence: number; readonly grounds: Provenance },
  ...about: readonly ObjectRef[]
): Remedy {
  const { snapshot, finding } = context;
  const wanted = Number(snapshot.workload?.['spec']?.replicas ?? 1);
  const [autoscaler] = snapshot.surroundings.autoscalers;
  if (finding.target.kind !== 'Deployment' || autoscaler !== undefined || count < 1 || count >= wanted) {
    return onlySuspected(
      context,
      cause,
      autoscaler === undefined
        ? 'More room is needed, or less of what takes it: that is for the owners of the cluster to decide.'
        : 'An autoscaler asks for so many replicas: its bounds are what has to change, or the room.',
    );
  }
  return {
    cause,
    hypotheses: [{ statement: `All ${wanted} replicas would need more room.`, evidence: finding.evidence }],
    proposals: [
      {
        action: 'scale_deployment',
        parameters: {
          namespace: finding.target.namespace ?? '',
          deployment: finding.target.name,
          replicas: count,
        },
        rationale: `${why} ${wanted} are asked for.`,
        claimedConfidence: claimed(confidence, context),
        grounds,
        evidence: cite(context, ...about),
      },
    ],
  };
}
