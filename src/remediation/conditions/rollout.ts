/** Whether a workload has rolled out what was last asked of it. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { counted, type ConditionState } from './condition.ts';

/** How many of a workload's replicas are where, whatever its kind. */
interface Counts {
  readonly desired: number;
  /** All that run, those of the old template too. */
  readonly total: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/**
 * Holds once the controller has seen the latest spec and updated = ready = available = desired, with no replica of the
 * old template left. The same rules as `kubectl rollout status`
 * (https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go), plus readiness.
 * @param workload undefined where it does not exist
 */
export function rolloutCondition(target: ObjectRef, workload: KubeObject | undefined): ConditionState {
  if (workload === undefined) return { met: false, message: `${describeRef(target)} does not exist` };
  if (!observed(workload)) {
    return { met: false, message: `waiting for the controller to see the change of ${describeRef(target)}` };
  }
  const counts = countsOf(workload);
  const { desired, total, updated, ready, available } = counts;
  if (updated < desired)
    return { met: false, message: `${updated} of ${counted(desired, 'replica')} updated` };
  if (total > updated)
    return { met: false, message: `${counted(total - updated, 'old replica')} still to end` };
  if (ready < desired) return { met: false, message: `${ready} of ${counted(desired, 'replica')} ready` };
  if (available < desired)
    return { met: false, message: `${available} of ${counted(desired, 'replica')} available` };
  if (total !== desired || ready !== desired) {
    return { met: false, message: `${total} replicas run, ${desired} are wished for` };
  }
  return { met: true, message: `${ready} of ${counted(desired, 'replica')} updated, ready and available` };
}

/** Whether the controller has seen the latest spec; before that the status speaks of the past. */
export function observed(workload: KubeObject): boolean {
  const seen: number = workload.status?.observedGeneration ?? 0;
  return seen >= (workload.metadata.generation ?? 0);
}

function countsOf(workload: KubeObject): Counts {
  const status = workload.status ?? {};
  if (workload.kind === 'DaemonSet') {
    return {
      desired: status.desiredNumberScheduled ?? 0,
      total: status.currentNumberScheduled ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      ready: status.numberReady ?? 0,
      available: status.numberAvailable ?? 0,
    };
  }
  const ready: number = status.readyReplicas ?? 0;
  return {
    desired: workload.spec?.replicas ?? 1,
    total: status.replicas ?? 0,
    updated: updatedReplicas(workload),
    ready,
    // StatefulSets before Kubernetes 1.22 do not count the available ones.
    available: status.availableReplicas ?? (workload.kind === 'StatefulSet' ? ready : 0),
  };
}

/** A StatefulSet that is fully updated stops counting: both revisions are the same then. */
function updatedReplicas(workload: KubeObject): number {
  const status = workload.status ?? {};
  const sameRevision =
    workload.kind === 'StatefulSet' &&
    status.updateRevision !== undefined &&
    status.updateRevision === status.currentRevision;
  return (sameRevision ? status.replicas : status.updatedReplicas) ?? 0;
}
