/** Whether containers keep running once they run. */
import type { KubeObject } from '../../domain/kubernetes.ts';

/** How often the containers of each pod were restarted, by pod UID. */
export type RestartCounts = ReadonlyMap<string, number>;

/** Counts the restarts of all containers of the pods that are not on their way out. */
export function restartCounts(pods: readonly KubeObject[]): RestartCounts {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.metadata.uid === undefined) continue;
    const statuses: { restartCount?: number }[] = pod.status?.containerStatuses ?? [];
    counts.set(
      pod.metadata.uid,
      statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0),
    );
  }
  return counts;
}

/**
 * The name of a pod with a container that was restarted since `before`, or undefined. A pod that came since may not
 * have been restarted at all.
 */
export function restartedSince(before: RestartCounts, pods: readonly KubeObject[]): string | undefined {
  for (const [uid, count] of restartCounts(pods)) {
    if (count > (before.get(uid) ?? 0)) return pods.find((pod) => pod.metadata.uid === uid)?.metadata.name;
  }
  return undefined;
}
