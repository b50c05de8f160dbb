/**
 * RolloutStuck: a Deployment made no progress within its deadline.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment
 */
import { refOf } from '../pods.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
}

export const rolloutStuck: FindingRule = ({ workload }) => {
  if (workload?.kind !== 'Deployment') return [];
  const condition = ((workload['status']?.conditions ?? []) as Condition[]).find(
    ({ type, status, reason }) =>
      type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded',
  );
  if (condition === undefined) return [];
  const { updatedReplicas = 0, availableReplicas = 0 } = workload['status'] ?? {};
  const wanted = Number(workload['spec']?.replicas ?? 1);
  return [
    {
      name: 'RolloutStuck',
      target: refOf(workload),
      summary: `The rollout of ${workload.metadata.name} is stuck: ${updatedReplicas} of ${wanted} replicas are of the new revision, ${availableReplicas} are available, and the progress deadline has passed`,
      evidence: [
        fieldEvidence(
          workload,
          'status.conditions[Progressing]',
          'rollout: ProgressDeadlineExceeded',
          condition,
          condition.lastUpdateTime,
        ),
      ],
    },
  ];
};
