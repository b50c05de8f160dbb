/** What a Deployment says of itself: counts and conditions, in the words of the real controller. */
import { conditionOf } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../objects.ts';
import { desiredOf, fences } from './rollout.ts';

type Count = 'replicas' | 'readyReplicas' | 'availableReplicas';

function total(sets: readonly ReplicaSet[], count: Count): number {
  return sets.reduce((sum, set) => sum + (set.status?.[count] ?? 0), 0);
}

/**
 * The status that the ReplicaSets amount to.
 * @param current the ReplicaSet of the template as it is now
 * @param speed how many times faster than real time the progress deadline goes by
 */
export function deploymentStatus(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  olds: readonly ReplicaSet[],
  now: number,
  speed: number,
): DeploymentStatus {
  const all = current ? [...olds, current] : [...olds];
  const replicas = total(all, 'replicas');
  const availableReplicas = total(all, 'availableReplicas');
  const counts: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total(all, 'readyReplicas'),
    availableReplicas,
    // Of the pods that there should be: those that could not be made count too.
    unavailableReplicas: Math.max(all.reduce((sum, set) => sum + desiredOf(set), 0) - availableReplicas, 0),
    collisionCount: deployment.status?.collisionCount,
  };
  const failure = failureOf(current ? [current, ...olds] : olds);
  const before = (deployment.status?.conditions ?? []).filter(
    ({ type }) => type !== 'ReplicaFailure' || failure !== undefined,
  );
  const conditions = [
    availability(deployment, availableReplicas),
    failure,
    progress(deployment, counts, current, now, speed),
  ].reduce<readonly Condition[]>(
    (known, next) => (next ? replaced(known, next, timestamp(now)) : known),
    before,
  );
  return { ...counts, conditions: [...conditions] };
}

/** That pods cannot be made, as the first of the ReplicaSets says it that does. */
function failureOf(sets: readonly ReplicaSet[]): Condition | undefined {
  const failures = sets.map((set) => conditionOf(set.status?.conditions, 'ReplicaFailure'));
  return failures.find((failure) => failure !== undefined);
}

function availability(deployment: Deployment, availableReplicas: number): Condition {
  const enough = availableReplicas >= desiredOf(deployment) - fences(deployment).unavailable;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

/** The next Progressing condition; undefined leaves it as it is. */
function progress(
  deployment: Deployment,
  counts: DeploymentStatus,
  current: ReplicaSet | undefined,
  now: number,
  speed: number,
): Condition | undefined {
  const before = conditionOf(deployment.status?.conditions, 'Progressing');
  const settled = counts.replicas === counts.updatedReplicas && before?.reason === 'NewReplicaSetAvailable';
  if (settled) return undefined;
  const what = current
    ? `ReplicaSet "${current.metadata.name ?? ''}"`
    : `Deployment "${deployment.metadata.name ?? ''}"`;
  const type = 'Progressing';
  if (isComplete(deployment, counts)) {
    const message = `${what} has successfully progressed.`;
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  if (hasProgressed(deployment.status ?? {}, counts)) {
    return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${what} is progressing.` };
  }
  const left = deadlineLeft(deployment, now, speed);
  if (left !== undefined && left <= 0) {
    const message = `${what} has timed out progressing.`;
    return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message };
  }
  return undefined;
}

export function isComplete(deployment: Deployment, counts: DeploymentStatus): boolean {
  const desired = desiredOf(deployment);
  return (
    counts.updatedReplicas === desired && counts.replicas === desired && counts.availableReplicas === desired
  );
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0) ||
    old(after) < old(before)
  );
}

/** Milliseconds until the rollout counts as stuck; undefined where it cannot. */
export function deadlineLeft(deployment: Deployment, now: number, speed: number): number | undefined {
  const condition = conditionOf(deployment.status?.conditions, 'Progressing');
  const deadline = deployment.spec.progressDeadlineSeconds ?? 600;
  if (
    !condition ||
    condition.reason === 'NewReplicaSetAvailable' ||
    condition.reason === 'DeploymentPaused'
  ) {
    return undefined;
  }
  return Date.parse(condition.lastUpdateTime ?? '') + (deadline * 1000) / speed - now;
}

/** Like the real controller: progress renews the time of update, and only a new status the time of transition. */
function replaced(conditions: readonly Condition[], next: Condition, now: string): readonly Condition[] {
  const before = conditionOf(conditions, next.type);
  const renewed = next.reason === 'ReplicaSetUpdated';
  if (before && before.status === next.status && before.reason === next.reason && !renewed) return conditions;
  const lastTransitionTime = (before?.status === next.status && before.lastTransitionTime) || now;
  const condition = { ...next, lastUpdateTime: now, lastTransitionTime };
  return [...conditions.filter(({ type }) => type !== next.type), condition];
}
