/**
 * FailedCreate: the API server does not let a controller make its pods.
 * Source: condition `ReplicaFailure` of Deployments and ReplicaSets
 * (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment); StatefulSets, DaemonSets and Jobs
 * say it in events of reason `FailedCreate` only.
 */
import type { Provenance } from '../../domain/diagnosis.ts';
import { eventTime } from '../events.ts';
import { conditionOf, refOf } from '../pods.ts';
import { eventEvidence } from '../evidence.ts';
import type { StateWith } from '../snapshot.ts';
import { fieldEvidence, type EvidenceDraft, type FindingRule } from './rule.ts';

/** An event that was not repeated for so long is over, milliseconds: controllers try again after 1000 s at the latest. */
const recent = 1_200_000;

export interface CreateFailure {
  readonly message: string;
  /** A condition is the controller's own; an event can be anybody's. */
  readonly provenance: Provenance;
  readonly evidence: EvidenceDraft;
}

/** Why pods cannot be made; undefined where they can. */
export function createFailure(state: StateWith<'warnings'>): CreateFailure | undefined {
  const { workload, replicaSets, surroundings, takenAt } = state;
  if (workload === undefined) return undefined;
  for (const object of [replicaSets[0], workload]) {
    const condition = object && conditionOf(object, 'ReplicaFailure');
    if (object === undefined || condition?.status !== 'True' || condition.reason !== 'FailedCreate') continue;
    const message = condition.message ?? '';
    const summary = `${object.kind} ${object.metadata.name} cannot make pods: ${message.slice(0, 300)}`;
    const path = 'status.conditions[ReplicaFailure]';
    return {
      message,
      provenance: 'observed',
      evidence: fieldEvidence(object, path, summary, condition, condition.lastTransitionTime),
    };
  }
  const event = surroundings.warnings.find(
    ({ reason, involvedObject: about, ...rest }) =>
      reason === 'FailedCreate' &&
      about?.kind === workload.kind &&
      Date.parse(takenAt) - Date.parse(eventTime(rest as typeof workload)) < recent,
  );
  return (
    event && {
      message: String(event['message'] ?? ''),
      provenance: 'written',
      evidence: eventEvidence(event),
    }
  );
}

export const failedCreate: FindingRule<'warnings'> = (state) => {
  const { workload } = state;
  const failure = createFailure(state);
  if (workload === undefined || failure === undefined) return [];
  const { spec, status } = workload;
  const wanted = Number(status?.desiredNumberScheduled ?? spec?.replicas ?? 1);
  const there = Number(status?.currentNumberScheduled ?? status?.replicas ?? 0);
  const missing = wanted > there ? `: ${there} of ${wanted} exist` : '';
  return [
    {
      name: 'FailedCreate',
      target: refOf(workload),
      summary: `Pods of ${workload.metadata.name} cannot be made${missing}`,
      evidence: [failure.evidence],
    },
  ];
};
