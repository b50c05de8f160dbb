/**
 * ReplicasUnavailable: a workload has had fewer pods that serve than it asks for, for longer than a start takes, whatever the reason.
 * Source: condition `Available` of a Deployment (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status);
 * for other workloads their counts and the `Ready` conditions of their pods.
 */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { conditionOf, countingPods, isReady, refOf } from '../pods.ts';
import type { CoreState } from '../snapshot.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

/** Pods may take so long to be made, placed, pulled and started, milliseconds. */
const patience = 300_000;

export const replicasUnavailable: FindingRule = (state) => {
  const { workload } = state;
  const counts = workload && countsOf(workload);
  if (workload === undefined || counts === undefined || !isLasting(state, workload)) return [];
  const { wanted, there } = counts;
  if (there >= wanted) return [];
  return [
    {
      name: 'ReplicasUnavailable',
      target: refOf(workload),
      summary: `${there} of ${wanted} pods of ${workload.metadata.name} serve, and have for more than ${patience / 60_000} minutes`,
      evidence: [
        fieldEvidence(
          workload,
          'status',
          `${workload.kind} ${workload.metadata.name}: ${wanted} wanted, ${there} available`,
          workload['status'] ?? {},
        ),
      ],
    },
  ];
};

function countsOf({ kind, spec, status }: KubeObject): { wanted: number; there: number } | undefined {
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet':
      return { wanted: Number(spec?.replicas ?? 1), there: Number(status?.availableReplicas ?? 0) };
    case 'StatefulSet':
      return { wanted: Number(spec?.replicas ?? 1), there: Number(status?.readyReplicas ?? 0) };
    case 'DaemonSet':
      return {
        wanted: Number(status?.desiredNumberScheduled ?? 0),
        there: Number(status?.numberAvailable ?? 0),
      };
    default:
      return undefined;
  }
}

/** Whether it has been so for long: by the Deployment's own word, or by the pods that are there and not ready. */
function isLasting(state: CoreState, workload: KubeObject): boolean {
  const now = Date.parse(state.takenAt);
  const isOld = (time: string | undefined): boolean =>
    time !== undefined && now - Date.parse(time) > patience;
  const available = conditionOf(workload, 'Available');
  if (available?.status === 'False' && isOld(available.lastTransitionTime)) return true;
  return countingPods(state).some(
    (pod) =>
      !isReady(pod) && isOld(conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp),
  );
}
