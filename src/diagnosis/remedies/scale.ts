/** Back to the number of pods that a workload had before it was scaled to zero, if anything tells that number. */
import { describeRef, sameRef } from '../../domain/kubernetes.ts';
import { lastAppliedSpec } from '../last-applied.ts';
import { refOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { cite, claimed, onlySuspected, type RemedyRule } from './remedy.ts';

/** The catalogue's bound. */
const mostReplicas = 1000;

export const forScaledToZero: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const cause = `${describeRef(finding.target)} is scaled to 0.`;
  const known = lastReplicas(snapshot);
  if (finding.target.kind !== 'Deployment' || known === undefined) {
    return onlySuspected(
      context,
      cause,
      'Somebody or something scaled it down; how many replicas it had before is not known, so that none is proposed.',
    );
  }
  return {
    cause,
    hypotheses: [
      {
        statement: 'Scaling down may have been intended: ask before it is scaled up again.',
        evidence: finding.evidence,
      },
    ],
    proposals: [
      {
        action: 'scale_deployment',
        parameters: {
          namespace: finding.target.namespace ?? '',
          deployment: finding.target.name,
          replicas: known.replicas,
        },
        rationale: `It had ${known.replicas} replicas: ${known.source}.`,
        claimedConfidence: claimed(known.confidence, context),
        evidence: cite(context, finding.target),
      },
    ],
  };
};

/**
 * The count before, from the Deployment controller's event about the current ReplicaSet (an older one is scaled to 0 by every rollout),
 * else from the manifest that was applied last.
 */
function lastReplicas(
  snapshot: Snapshot,
): { replicas: number; source: string; confidence: number } | undefined {
  const { workload, replicaSets, events } = snapshot;
  if (workload === undefined) return undefined;
  const current = replicaSets[0]?.metadata.name;
  for (const event of events) {
    if (event['reason'] !== 'ScalingReplicaSet' || !sameRef(eventRef(event), refOf(workload))) continue;
    const [, set, before] =
      /^Scaled down replica set (\S+) to 0 from (\d+)$/.exec(String(event['message'])) ??
      /^Scaled (?:up|down) replica set (\S+)(?: from \d+)? to (\d+)(?: from \d+)?$/.exec(
        String(event['message']),
      ) ??
      [];
    const replicas = Number(before);
    if (set === current && replicas > 0 && replicas <= mostReplicas) {
      return { replicas, source: `the event "${String(event['message'])}" says so`, confidence: 0.9 };
    }
  }
  const applied = lastAppliedSpec(workload)?.['replicas'];
  return Number.isInteger(applied) && Number(applied) > 0 && Number(applied) <= mostReplicas
    ? { replicas: Number(applied), source: 'the manifest that was applied last says so', confidence: 0.87 }
    : undefined;
}

function eventRef(event: Snapshot['events'][number]): { kind: string; name: string; namespace: string } {
  const {
    kind = '',
    name = '',
    namespace = '',
  } = (event['involvedObject'] ?? {}) as Record<string, string | undefined>;
  return { kind, name, namespace };
}
