/**
 * How many replicas an autoscaler wants, from what the pods use of what they request.
 * Source of every rule here: k8s.io/kubernetes pkg/controller/podautoscaler/replica_calculator.go and horizontal.go.
 */
import { conditionOf } from '../conditions.ts';
import type { PodMetrics } from '../node/metrics.ts';
import type { Pod } from '../objects.ts';
import { quantity } from '../quantity.ts';

/** So far from its target usage may be without a change. */
const tolerance = 0.1;
/** The defaults of kube-controller-manager's flags, in milliseconds. */
const cpuInitializationPeriod = 300_000;
const initialReadinessDelay = 30_000;

/** Why no count can be given; the message is the controller's. */
export class NoReplicaCount extends Error {}

export interface Measured {
  readonly resource: string;
  /** Percent of what the pods request. */
  readonly target: number;
  readonly current: number;
  readonly pods: readonly Pod[];
  readonly metrics: readonly PodMetrics[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How many times faster than real time the controller's waits go by. */
  readonly speed: number;
}

export interface Count {
  readonly replicas: number;
  /** Percent of what the pods request, rounded down. */
  readonly utilization: number;
  /** What a pod uses on average, in base units. */
  readonly average: number;
}

/** @throws NoReplicaCount */
export function replicaCount(measured: Measured): Count {
  const { resource, target, current, pods } = measured;
  if (measured.metrics.length === 0) {
    throw new NoReplicaCount(
      `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`,
    );
  }
  if (pods.length === 0) {
    throw new NoReplicaCount('no pods returned by selector while calculating replica count');
  }
  const { ready, ignored, missing, usage } = grouped(measured);
  const requests = requestsOf(pods, resource);
  if (usage.size === 0) throw new NoReplicaCount('did not receive metrics for any ready pods');
  const { ratio, utilization, average } = share(usage, requests, target);
  const answer = (replicas: number): Count => ({ replicas, utilization, average });
  const fillsIgnored = ignored.length > 0 && ratio > 1;
  if (!fillsIgnored && missing.length === 0) {
    return answer(Math.abs(1 - ratio) <= tolerance ? current : Math.ceil(ratio * ready));
  }
  // A pod of which nothing is known counts as whatever holds the change back.
  for (const name of missing) {
    if (ratio < 1) usage.set(name, requests.get(name) ?? 0);
    else if (ratio > 1) usage.set(name, 0);
  }
  if (fillsIgnored) for (const name of ignored) usage.set(name, 0);
  const { ratio: careful } = share(usage, requests, target);
  const turnsAround = (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1);
  if (Math.abs(1 - careful) <= tolerance || turnsAround) return answer(current);
  const replicas = Math.ceil(careful * usage.size);
  const contradicts = (careful < 1 && replicas > current) || (careful > 1 && replicas < current);
  return answer(contradicts ? current : replicas);
}

/** What may be wished for at once, and what is said where more or less was wanted. */
export function withinBounds(
  wanted: number,
  current: number,
  minimum: number,
  maximum: number,
): { readonly replicas: number; readonly reason: string; readonly message: string } {
  const step = Math.max(2 * current, 4);
  if (wanted < minimum) {
    const message = 'the desired replica count is less than the minimum replica count';
    return { replicas: minimum, reason: 'TooFewReplicas', message };
  }
  if (wanted > Math.min(maximum, step)) {
    return maximum > step
      ? {
          replicas: step,
          reason: 'ScaleUpLimit',
          message: 'the desired replica count is increasing faster than the maximum scale rate',
        }
      : {
          replicas: maximum,
          reason: 'TooManyReplicas',
          message: 'the desired replica count is more than the maximum replica count',
        };
  }
  const message = 'the desired count is within the acceptable range';
  return { replicas: wanted, reason: 'DesiredWithinRange', message };
}

interface Groups {
  readonly ready: number;
  readonly ignored: readonly string[];
  readonly missing: readonly string[];
  /** Of the pods that count, in base units. */
  readonly usage: Map<string, number>;
}

function grouped({ resource, pods, metrics, now, speed }: Measured): Groups {
  const byName = new Map(metrics.map((one) => [one.metadata.name ?? '', one]));
  const ignored: string[] = [];
  const missing: string[] = [];
  const usage = new Map<string, number>();
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const phase = pod.status?.phase;
    if (deletionTimestamp !== undefined || phase === 'Failed') continue;
    const found = byName.get(name);
    if (phase === 'Pending') ignored.push(name);
    else if (found === undefined) missing.push(name);
    else if (resource === 'cpu' && !isMeaningful(pod, found, now, speed)) ignored.push(name);
    else {
      const amounts = found.containers.map(({ usage: used }) => quantity(used[resource as 'cpu']) ?? 0);
      usage.set(
        name,
        amounts.reduce((sum, amount) => sum + amount, 0),
      );
    }
  }
  return { ready: usage.size, ignored, missing, usage };
}

/** Whether what a pod uses says something of the load: not while it starts. */
function isMeaningful(pod: Pod, metrics: PodMetrics, now: number, speed: number): boolean {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  const startTime = pod.status?.startTime;
  if (ready === undefined || startTime === undefined) return false;
  const started = Date.parse(startTime);
  const changed = Date.parse(ready.lastTransitionTime ?? '');
  if (started + cpuInitializationPeriod / speed > now) {
    const window = (Number.parseFloat(metrics.window) * 1000) / speed;
    return ready.status !== 'False' && Date.parse(metrics.timestamp) >= changed + window;
  }
  return ready.status !== 'False' || started + initialReadinessDelay / speed <= changed;
}

/** @throws NoReplicaCount where a container requests nothing of it */
function requestsOf(pods: readonly Pod[], resource: string): Map<string, number> {
  return new Map(
    pods.map(({ metadata, spec }) => {
      const amounts = spec.containers.map(({ resources }) => quantity(resources?.requests?.[resource]));
      if (amounts.includes(undefined)) throw new NoReplicaCount(`missing request for ${resource}`);
      return [metadata.name ?? '', amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0)];
    }),
  );
}

function share(
  usage: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
): { ratio: number; utilization: number; average: number } {
  let used = 0;
  let requested = 0;
  for (const [name, amount] of usage) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += milli(amount);
    requested += milli(request);
  }
  if (requested === 0) throw new NoReplicaCount('no metrics returned matched known pods');
  const utilization = Math.floor((used * 100) / requested);
  return { ratio: utilization / target, utilization, average: Math.floor(used / usage.size) / 1000 };
}

/** In thousandths, rounded up as quantities are. */
function milli(amount: number): number {
  return Math.ceil(Math.round(amount * 1e6) / 1e3);
}
