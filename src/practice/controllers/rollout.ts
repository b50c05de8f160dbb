/**
 * How a Deployment moves from one ReplicaSet to the next: pure, in the rules of the real controller
 * (https://github.com/kubernetes/kubernetes/tree/master/pkg/controller/deployment).
 */
import { createHash } from 'node:crypto';
import type { Deployment, PodTemplate, ReplicaSet } from '../objects.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maximumAnnotation = 'deployment.kubernetes.io/max-replicas';
export const hashLabel = 'pod-template-hash';

/** A wish for the size of one ReplicaSet. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export function desiredOf(object: Deployment | ReplicaSet): number {
  return object.spec.replicas ?? 1;
}

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
}

/** How far a rollout may go above and below the desired count, in pods. Both zero would never move: then one may be missing. */
export function fences(deployment: Deployment): { surge: number; unavailable: number } {
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const desired = desiredOf(deployment);
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = portion(maxSurge, desired, Math.ceil);
  const unavailable = Math.min(portion(maxUnavailable, desired, Math.floor), desired);
  return surge === 0 && unavailable === 0
    ? { surge, unavailable: Math.min(1, desired) }
    : { surge, unavailable };
}

function portion(value: number | string, whole: number, round: (exact: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number.parseInt(value, 10) * whole) / 100) : Number.parseInt(value, 10);
}

/** A short name for a pod template, in the alphabet of Kubernetes' own hashes. The same template has the same name. */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const digest = createHash('sha256').update(canonical(template)).update(String(collisions)).digest();
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return [...digest.subarray(0, 9)].map((byte) => letters[byte % letters.length]).join('');
}

/** Whether two templates make the same pods: the hash label aside, and whatever the order of fields. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return canonical(a) === canonical(b);
}

function canonical(template: PodTemplate): string {
  const labels = { ...template.metadata?.labels, [hashLabel]: undefined };
  return JSON.stringify(ordered({ ...template, metadata: { ...template.metadata, labels } }));
}

/** Fields in order, and none that says nothing: clients differ in whether they write an empty field or leave it out. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(ordered);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, field]) => [key, ordered(field)] as const)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + count(set), 0);
const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
const byAge = (sets: readonly ReplicaSet[]): ReplicaSet[] =>
  sets.toSorted(
    (a, b) =>
      Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
      revisionOf(a) - revisionOf(b),
  );

/** How many pods the newest ReplicaSet may have now. `current` is undefined while it does not exist. */
export function newSize(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
): number {
  const desired = desiredOf(deployment);
  const size = current ? desiredOf(current) : 0;
  if (size >= desired) return desired;
  const total = sum(all, desiredOf);
  // Recreate waits until every old pod is gone.
  if (deployment.spec.strategy?.type === 'Recreate') return total - size > 0 ? size : desired;
  const room = desired + fences(deployment).surge - total;
  return room <= 0 ? size : size + Math.min(room, desired - size);
}

/** The next step of a rolling update: first up with the new, then down with the old, the unhealthy ones before the healthy. */
export function nextResizes(
  deployment: Deployment,
  current: ReplicaSet,
  olds: readonly ReplicaSet[],
): Resize[] {
  const all = [...olds, current];
  const replicas = newSize(deployment, current, all);
  if (replicas !== desiredOf(current)) return [{ set: current, replicas }];
  if (deployment.spec.strategy?.type === 'Recreate') {
    return olds.filter((set) => desiredOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  }
  const minimum = desiredOf(deployment) - fences(deployment).unavailable;
  const missing = desiredOf(current) - available(current);
  let spare = sum(all, desiredOf) - minimum - missing;
  if (spare <= 0) return [];
  const sizes = new Map(byAge(olds).map((set) => [set, desiredOf(set)]));
  for (const [set, size] of sizes) {
    const unhealthy = Math.min(spare, Math.max(size - available(set), 0));
    sizes.set(set, size - unhealthy);
    spare -= unhealthy;
  }
  let healthy = sum(all, available) - minimum;
  for (const [set, size] of sizes) {
    const down = Math.min(size, Math.max(healthy, 0));
    sizes.set(set, size - down);
    healthy -= down;
  }
  return [...sizes]
    .map(([set, size]) => ({ set, replicas: size }))
    .filter((resize) => resize.replicas !== desiredOf(resize.set));
}

/** Whether somebody changed the desired count since the ReplicaSets were last sized. */
export function isScaling(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  return all.some((set) => {
    const noted = set.metadata.annotations?.[desiredAnnotation];
    return desiredOf(set) > 0 && noted !== undefined && Number(noted) !== desiredOf(deployment);
  });
}

/** Sizes after a change of the desired count, or while paused: in proportion where a rollout is under way. */
export function scaledSizes(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  olds: readonly ReplicaSet[],
): Resize[] {
  const desired = desiredOf(deployment);
  const all = current ? [...olds, current] : [...olds];
  const active = all.filter((set) => desiredOf(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? byAge(olds).at(-1);
    return only && desiredOf(only) !== desired ? [{ set: only, replicas: desired }] : [];
  }
  const saturated = current && desiredOf(current) === desired && available(current) === desired;
  if (saturated) {
    return olds.filter((set) => desiredOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  }
  return inProportion(deployment, active);
}

function inProportion(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const desired = desiredOf(deployment);
  const goal = desired === 0 ? 0 : desired + fences(deployment).surge;
  const change = goal - sum(active, desiredOf);
  const direction = change > 0 ? -1 : 1;
  // Larger sets take their share first; among equals the newer one grows and the older one shrinks.
  const inTurn = byAge(active)
    .map((set, age) => ({ set, age }))
    .sort((a, b) => desiredOf(b.set) - desiredOf(a.set) || direction * (a.age - b.age));
  const sizes = new Map<ReplicaSet, number>();
  let left = change;
  for (const { set } of inTurn) {
    const before = Number(
      set.metadata.annotations?.[maximumAnnotation] ?? deployment.status?.replicas ?? desired,
    );
    const ideal = desired === 0 ? 0 : Math.round((desiredOf(set) * goal) / Math.max(before, 1));
    const wish = ideal - desiredOf(set);
    const share = change > 0 ? Math.min(Math.max(wish, 0), left) : Math.max(Math.min(wish, 0), left);
    sizes.set(set, desiredOf(set) + share);
    left -= share;
  }
  const first = inTurn[0]?.set;
  if (first) sizes.set(first, Math.max((sizes.get(first) ?? 0) + left, 0));
  return [...sizes]
    .map(([set, replicas]) => ({ set, replicas }))
    .filter(({ set, replicas }) => replicas !== desiredOf(set));
}

/** The old ReplicaSets that the history has no room for, oldest revision first. */
export function expired(deployment: Deployment, olds: readonly ReplicaSet[]): ReplicaSet[] {
  const surplus = olds.length - (deployment.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return [];
  return olds
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter((set) => desiredOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
}
