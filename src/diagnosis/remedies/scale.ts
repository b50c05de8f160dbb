/** Back to the number of pods that a workload had before it was scaled to zero, if anything tells that number. */
import type { Provenance } from '../../domain/diagnosis.ts';
import { describeRef, sameRef, type KubeObject } from '../../domain/kubernetes.ts';
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
        grounds: known.grounds,
        evidence: cite(context, finding.target),
      },
    ],
  };
};

interface Count {
  readonly replicas: number;
  readonly source: string;
  readonly confidence: number;
  readonly grounds: Provenance;
}

/**
 * The count before, from the Deployment controller's events about the current ReplicaSet (an older one is scaled to 0 by every rollout),
 * else from the manifest that was applied last. Either can be written by others; {@link groundsOf} says when an event counts all the same.
 */
function lastReplicas(snapshot: Snapshot): Count | undefined {
  const { workload, replicaSets, events } = snapshot;
  const [current] = replicaSets;
  if (workload === undefined) return undefined;
  const told = events.flatMap((event) =>
    current === undefined ? [] : (sizeIn(event, workload, current) ?? []),
  );
  const [newest] = told;
  if (current !== undefined && newest !== undefined) {
    return {
      replicas: newest.replicas,
      source: `the event "${newest.message}" says so`,
      confidence: 0.9,
      grounds: groundsOf(told, current),
    };
  }
  const spec = lastAppliedSpec(workload);
  const applied = spec?.value['replicas'];
  return spec !== undefined && isSize(Number(applied)) && typeof applied === 'number'
    ? {
        replicas: applied,
        source: 'the manifest that was applied last says so',
        confidence: 0.87,
        grounds: spec.provenance,
      }
    : undefined;
}

interface ToldSize {
  readonly replicas: number;
  readonly message: string;
  /** When the API server received it. */
  readonly received: number;
  /** From nothing to this size: what the ReplicaSet was made with. */
  readonly isFirst: boolean;
}

/** What an event says of a size of the ReplicaSet other than 0. */
function sizeIn(event: KubeObject, workload: KubeObject, current: KubeObject): ToldSize | undefined {
  if (event['reason'] !== 'ScalingReplicaSet' || !sameRef(eventRef(event), refOf(workload))) return undefined;
  const message = String(event['message']);
  // Older versions say "to 0 from 3".
  const inOrder = message.replace(/ to (\d+) from (\d+)$/, ' from $2 to $1');
  const [, direction, set, from, to] =
    /^Scaled (up|down) replica set (\S+?)(?: from (\d+))? to (\d+)$/.exec(inOrder) ?? [];
  if (set !== current.metadata.name) return undefined;
  const replicas = to === '0' ? Number(from) : Number(to);
  if (!isSize(replicas)) return undefined;
  return {
    replicas,
    message,
    received: Date.parse(event.metadata.creationTimestamp ?? ''),
    isFirst: direction === 'up' && (from === undefined || from === '0'),
  };
}

function isSize(replicas: number): boolean {
  return Number.isInteger(replicas) && replicas > 0 && replicas <= mostReplicas;
}

/** How much later than a ReplicaSet the event about its making may reach the API server, milliseconds. Times of the API are whole seconds. */
const madeWithin = 5_000;

/**
 * Whoever may create events can claim any count. No object keeps it, but the API server keeps two times that nobody can set: when it
 * made the ReplicaSet, and when it received an event. So the count is taken for observed where it is the one that the ReplicaSet was
 * made with, told when it was made, before there was anything to gain by a lie, and no event tells another.
 */
function groundsOf(told: readonly ToldSize[], { metadata }: KubeObject): Provenance {
  const made = Date.parse(metadata.creationTimestamp ?? '');
  const toldAtOnce = told.some(
    ({ isFirst, received }) => isFirst && received >= made - 1000 && received <= made + madeWithin,
  );
  const agrees = told.every(({ replicas }) => replicas === told[0]?.replicas);
  return toldAtOnce && agrees ? 'observed' : 'written';
}

function eventRef(event: KubeObject): { kind: string; name: string; namespace: string } {
  const {
    kind = '',
    name = '',
    namespace = '',
  } = (event['involvedObject'] ?? {}) as Record<string, string | undefined>;
  return { kind, name, namespace };
}
