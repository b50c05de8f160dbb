/** What only remedies need: where there is room, what a quota leaves, which configuration is there. Read for what was found, and not otherwise. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { tooManyReplicas } from '../findings/autoscaler.ts';
import { unconfiguredContainers } from '../findings/config-error.ts';
import { createFailure } from '../findings/failed-create.ts';
import { unmountedPods } from '../findings/failed-mount.ts';
import { unscheduledPods } from '../findings/failed-scheduling.ts';
import type { PlacedSpec } from '../placement.ts';
import type { ClusterState } from '../snapshot.ts';
import { machinesFor, type Machine } from './machines.ts';
import { limitsOf, type NamespaceLimits } from './quotas.ts';
import { referencesIn, templateSpecOf, type Reference } from './references.ts';
import type { Place } from './source.ts';

export interface Means {
  readonly machines: readonly Machine[];
  readonly limits: NamespaceLimits;
  readonly references: readonly Reference[];
}

/** Revisions whose references are looked up: the newest, and those that may be gone back to. */
const mostRevisions = 4;

export async function readMeans(place: Place, state: ClusterState): Promise<Means> {
  const [unscheduled] = unscheduledPods(state);
  const unstarted = [
    ...unconfiguredContainers(state).map(({ pod }) => pod),
    ...unmountedPods(state).map(({ pod }) => pod),
  ];
  // An autoscaler that may make more pods needs room for them.
  const growing =
    tooManyReplicas(state).length > 0 ? state.workload && templateSpecOf(state.workload) : undefined;
  const placed = unscheduled === undefined ? growing : (unscheduled['spec'] ?? {});
  const [machines, limits, references] = await Promise.all([
    placed === undefined ? [] : machinesFor(place, placed as PlacedSpec),
    createFailure(state) === undefined && growing === undefined
      ? { quotas: [], limitRanges: [], siblings: [] }
      : limitsOf(place),
    unstarted.length === 0 ? [] : referencesIn(place, specsBehind(state, unstarted)),
  ]);
  return { machines, limits, references };
}

function specsBehind({ replicaSets }: ClusterState, [pod]: readonly KubeObject[]): unknown[] {
  return [pod?.['spec'], ...replicaSets.slice(0, mostRevisions).map(templateSpecOf)];
}
