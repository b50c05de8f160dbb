/**
 * ScaledToZero: a workload that should serve is told to run no pods.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas
 */
import { refOf } from '../pods.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

export const scaledToZero: FindingRule = ({ workload }) =>
  workload === undefined ||
  !['Deployment', 'StatefulSet', 'ReplicaSet'].includes(workload.kind) ||
  workload['spec']?.replicas !== 0
    ? []
    : [
        {
          name: 'ScaledToZero',
          target: refOf(workload),
          summary: `${workload.metadata.name} is scaled to 0: it runs no pod`,
          evidence: [
            fieldEvidence(workload, 'spec.replicas', `replicas of ${workload.metadata.name}: 0`, '0'),
          ],
        },
      ];
