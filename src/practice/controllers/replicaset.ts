/** Keeps as many pods as each ReplicaSet asks for. */
import { randomInt } from 'node:crypto';
import { conditionOf, isActive, isReady, readySince } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import { eventRecorder } from '../events.ts';
import { keyOf, KubeError } from '../client.ts';
import { pods, replicaSets } from '../objects.ts';
import type { Condition, Pod, ReplicaSet } from '../objects.ts';
import { controlledBy, controllerOf, controls } from './labels.ts';
import { startQueue } from './queue.ts';
import type { ControllerOptions } from './controllers.ts';

/**
 * Milliseconds between two tries to make pods that were refused: longer after each. The real controller's grow without end that a
 * rehearsal would see (1,000 s); here whoever makes room sees the pods within a minute.
 */
const firstRetry = 1_000;
const slowestRetry = 60_000;

/** The letters of generated names: without vowels and look-alikes, as Kubernetes writes them. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/**
 * The pods to part with first: those that are of least use. The order is that of the real controller: not scheduled, pending, not ready,
 * ready for a shorter time, restarted more often, younger.
 */
export function deletionOrder(candidates: readonly Pod[]): Pod[] {
  const rank = (pod: Pod): number[] => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -(readySince(pod) ?? 0),
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  return candidates.toSorted((a, b) => {
    const others = rank(b);
    const differing = rank(a).map((value, index) => value - (others[index] ?? 0));
    return differing.find((difference) => difference !== 0) ?? 0;
  });
}

function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function podFor(set: ReplicaSet): Pod {
  const { metadata, spec } = set.spec.template;
  const generateName = `${set.metadata.name ?? ''}-`;
  return {
    metadata: {
      name: generateName + randomSuffix(),
      generateName,
      namespace: set.metadata.namespace,
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      ownerReferences: [controlledBy(replicaSets, set)],
    },
    spec,
  };
}

/**
 * The status that a ReplicaSet's pods amount to.
 * @param speed how many times faster than real time `minReadySeconds` go by
 */
export function replicaSetStatus(
  set: ReplicaSet,
  active: readonly Pod[],
  now: number,
  speed: number,
): ReplicaSet['status'] {
  const settle = ((set.spec.minReadySeconds ?? 0) * 1000) / speed;
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => now - (readySince(pod) ?? Infinity) >= settle).length,
    observedGeneration: set.metadata.generation,
    conditions: set.status?.conditions,
  };
}

/**
 * Notes that pods cannot be made, or that they can again. Like the real controller's, the message stays that of the first failure.
 * @param failure undefined where there is none
 */
export function withFailure(
  conditions: readonly Condition[],
  failure: string | undefined,
  now: string,
): Condition[] {
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const before = conditionOf(conditions, 'ReplicaFailure');
  const reason = 'FailedCreate';
  const failed: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: now,
    reason,
    message: failure,
  };
  return [...others, before?.reason === reason ? before : failed];
}

export function startReplicaSetController({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'replicaset-controller');
  /** By ReplicaSet: when pods may be tried again that could not be made, and how often they could not. */
  const held = new Map<string, { until: number; failures: number; generation: number | undefined }>();

  const queue = startQueue(clock, signal, sync, report);

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const set = await client.get(replicaSets, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    const owned = (await client.list(pods, { namespace })).filter((pod) => controls(set, pod));
    const active = owned.filter(isActive);
    await writeStatus(set, await adjust(set, active));
  }

  /** @returns why pods could not be made; undefined where all are there */
  async function adjust(set: ReplicaSet, active: readonly Pod[]): Promise<string | undefined> {
    const subject = { ...replicaSets, object: set };
    const surplus = active.length - (set.spec.replicas ?? 1);
    const key = keyOf(set);
    const { until: heldUntil = 0, failures = 0, generation } = held.get(key) ?? {};
    const before = conditionOf(set.status?.conditions, 'ReplicaFailure')?.message;
    const isHeld = clock.now() < heldUntil && generation === set.metadata.generation;
    if (surplus < 0 && before !== undefined && isHeld) return before;
    try {
      for (let missing = -surplus; missing > 0; missing -= 1) {
        const pod = await client.create(pods, podFor(set));
        void recorder.record(
          subject,
          'Normal',
          'SuccessfulCreate',
          `Created pod: ${pod.metadata.name ?? ''}`,
        );
      }
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      void recorder.record(subject, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      const wait = Math.min(firstRetry * 2 ** failures, slowestRetry);
      const until = clock.now() + wait / clock.speed;
      held.set(key, { until, failures: failures + 1, generation: set.metadata.generation });
      queue.addAfter(key, wait + 1);
      return error.message;
    }
    held.delete(key);
    for (const pod of deletionOrder(active).slice(0, Math.max(surplus, 0))) {
      const { name = '', namespace, uid } = pod.metadata;
      await client.delete(pods, namespace, name, { uid });
      void recorder.record(subject, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    }
    return undefined;
  }

  async function writeStatus(set: ReplicaSet, failure: string | undefined): Promise<void> {
    const { namespace } = set.metadata;
    const active = (await client.list(pods, { namespace })).filter(
      (pod) => controls(set, pod) && isActive(pod),
    );
    const now = clock.now();
    const status = replicaSetStatus(set, active, now, clock.speed);
    const conditions = withFailure(set.status?.conditions ?? [], failure, timestamp(now));
    const next = { ...status, conditions: conditions.length === 0 ? undefined : conditions };
    if (!same(next, set.status)) await client.update(replicaSets, { ...set, status: next }, 'status');
    const settling = (set.spec.minReadySeconds ?? 0) * 1000;
    if (settling > 0 && next.readyReplicas !== next.availableReplicas) queue.addAfter(keyOf(set), settling);
  }

  void client.watch(
    replicaSets,
    {},
    ({ object }) => {
      queue.add(keyOf(object));
    },
    signal,
  );
  void client.watch(
    pods,
    {},
    ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind === 'ReplicaSet') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
    },
    signal,
  );
}

/** Whether two statuses say the same; a zero that is left out is a zero. */
function same(a: ReplicaSet['status'], b: ReplicaSet['status']): boolean {
  const counts = ['replicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
  return (
    counts.every((count) => (a?.[count] ?? 0) === (b?.[count] ?? 0)) &&
    JSON.stringify(a?.conditions ?? []) === JSON.stringify(b?.conditions ?? [])
  );
}
