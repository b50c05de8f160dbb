/** How fast a workload replaces its pods, in numbers of pods. Pure. */
import type { KubeObject } from '../../domain/kubernetes.ts';

export interface Pace {
  readonly strategy: string;
  /** Missing at the same time, at most. */
  readonly maxUnavailable: number;
  /** More than wished at the same time, at most. */
  readonly maxSurge: number;
  /** Nothing is replaced until somebody does more: a paused rollout, a strategy that waits for deletions. */
  readonly waits: boolean;
}

type Amount = number | string | undefined;

/**
 * Defaults and rounding as in https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ (and
 * stateful-set-v1, daemon-set-v1): surge is rounded up, unavailability down, and one of them is always 1 at least.
 * @param workload as it will be
 * @param pods how many it has now
 */
export function pace(workload: KubeObject, pods: number): Pace {
  const spec = workload['spec'] ?? {};
  if (workload.kind === 'Deployment') {
    const waits = spec.paused === true;
    const replicas = Number(spec.replicas ?? 1);
    if (spec.strategy?.type === 'Recreate') {
      return { strategy: 'Recreate', maxUnavailable: Math.max(replicas, pods), maxSurge: 0, waits };
    }
    const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
    const surge = inPods(maxSurge, replicas, Math.ceil);
    const missing = inPods(maxUnavailable, replicas, Math.floor);
    return {
      strategy: 'RollingUpdate',
      maxSurge: surge,
      maxUnavailable: surge === 0 && missing === 0 ? 1 : missing,
      waits,
    };
  }
  const update = spec.updateStrategy ?? {};
  const { maxUnavailable = 1, maxSurge = 0 } = update.rollingUpdate ?? {};
  return {
    strategy: String(update.type ?? 'RollingUpdate'),
    maxUnavailable: inPods(maxUnavailable, pods, Math.ceil),
    maxSurge: inPods(maxSurge, pods, Math.ceil),
    waits: update.type === 'OnDelete',
  };
}

function inPods(amount: Amount, replicas: number, round: (pods: number) => number): number {
  const [, percent] = /^(\d+)%$/.exec(String(amount)) ?? [];
  const pods = percent === undefined ? Number(amount) : round((Number(percent) * replicas) / 100);
  return Number.isFinite(pods) ? Math.max(0, pods) : 0;
}
