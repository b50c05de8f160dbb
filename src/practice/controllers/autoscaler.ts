/** Scales what HorizontalPodAutoscalers point at, by the metrics that the metrics API has of its pods. */
import type { ResourceAutoscaler, ResourceUsage } from '../api-groups.ts';
import { resourceAutoscalers } from '../api-groups.ts';
import { keyOf } from '../client.ts';
import { timestamp } from '../clock.ts';
import { withCondition } from '../conditions.ts';
import { eventRecorder } from '../events.ts';
import { metricsGroup, metricsVersion } from '../node/metrics.ts';
import type { PodMetrics } from '../node/metrics.ts';
import { pods } from '../objects.ts';
import type { Condition, KubeEvent, KubeObject, LabelSelector, Resource } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { startQueue } from './queue.ts';
import { NoReplicaCount, replicaCount, withinBounds } from './replica-count.ts';
import type { Count } from './replica-count.ts';

/** The defaults of kube-controller-manager's flags, in milliseconds. */
const syncPeriod = 15_000;
const downscaleStabilization = 300_000;

const podMetrics: Resource<PodMetrics> = {
  apiVersion: `${metricsGroup}/${metricsVersion}`,
  kind: 'PodMetrics',
  plural: 'pods',
  namespaced: true,
};

interface Scalable extends KubeObject {
  spec: { replicas?: number; selector?: LabelSelector };
  status?: { replicas?: number };
}

type Status = NonNullable<ResourceAutoscaler['status']>;
type Tell = (type: KubeEvent['type'], reason: string, message: string) => void;

/** What was wished for a moment ago: a lower wish waits until the higher ones are old. */
interface Recommendation {
  readonly time: number;
  readonly replicas: number;
}

export function startAutoscaler({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'horizontal-pod-autoscaler');
  const queue = startQueue(clock, signal, sync, report);
  const recommendations = new Map<string, Recommendation[]>();

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const autoscaler = await client.get(resourceAutoscalers, namespace, name);
    if (!autoscaler) {
      recommendations.delete(key);
      return;
    }
    queue.addAfter(key, syncPeriod);
    const tell: Tell = (type, reason, message) => {
      void recorder.record({ ...resourceAutoscalers, object: autoscaler }, type, reason, message);
    };
    const status = await reconciled(key, autoscaler, tell);
    if (JSON.stringify(status) === JSON.stringify(autoscaler.status)) return;
    await client.update(resourceAutoscalers, { ...autoscaler, status }, 'status');
  }

  async function reconciled(key: string, autoscaler: ResourceAutoscaler, tell: Tell): Promise<Status> {
    const { metadata, spec } = autoscaler;
    const { minReplicas = 1, maxReplicas } = spec;
    const before: Status = autoscaler.status ?? { currentReplicas: 0, desiredReplicas: 0 };
    const notes = conditionsOf(before);
    const place = targetOf(spec.scaleTargetRef);
    const target = await client.get(place, metadata.namespace, spec.scaleTargetRef.name);
    if (!target) {
      const why = `${qualified(place)} "${spec.scaleTargetRef.name}" not found`;
      tell('Warning', 'FailedGetScale', why);
      notes.set('AbleToScale', 'False', 'FailedGetScale', `${unableToGetScale}: ${why}`);
      return { ...before, conditions: notes.all() };
    }
    notes.set('AbleToScale', 'True', 'SucceededGetScale', ableToGetScale);
    const wanted = target.spec.replicas ?? 1;
    const current = target.status?.replicas ?? 0;
    let usage: readonly ResourceUsage[] = [];
    let desired: number;
    let reason: string;
    if (wanted === 0) {
      notes.set('ScalingActive', 'False', 'ScalingDisabled', scalingDisabled);
      [desired, reason] = [0, ''];
    } else if (wanted > maxReplicas) {
      [desired, reason] = [maxReplicas, 'Current number of replicas above Spec.MaxReplicas'];
    } else if (wanted < minReplicas) {
      [desired, reason] = [minReplicas, 'Current number of replicas below Spec.MinReplicas'];
    } else {
      remember(key, wanted, false);
      const measured = await measure(autoscaler, target, wanted, tell, notes);
      if (measured === undefined) return { ...before, currentReplicas: current, conditions: notes.all() };
      usage = measured.usage;
      const { name, replicas } = measured;
      reason = replicas > wanted ? `${name} above target` : 'All metrics below target';
      const steady = remember(key, replicas, true);
      if (steady !== replicas) notes.set('AbleToScale', 'True', 'ScaleDownStabilized', stabilized);
      else notes.set('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
      const bounded = withinBounds(steady, wanted, minReplicas, maxReplicas);
      const limited = bounded.replicas === steady ? 'False' : 'True';
      notes.set('ScalingLimited', limited, bounded.reason, bounded.message);
      desired = bounded.replicas;
    }
    const rescales = desired !== wanted;
    if (rescales) {
      const { namespace, name = '' } = target.metadata;
      await client.patch(place, namespace, name, { spec: { replicas: desired } }, { subresource: 'scale' });
      const done = `the HPA controller was able to update the target scale to ${String(desired)}`;
      notes.set('AbleToScale', 'True', 'SucceededRescale', done);
      tell('Normal', 'SuccessfulRescale', `New size: ${String(desired)}; reason: ${reason}`);
    }
    const lastScaleTime = rescales ? timestamp(clock.now()) : before.lastScaleTime;
    return {
      currentReplicas: current,
      desiredReplicas: desired,
      currentMetrics: usage.length === 0 ? null : [...usage],
      ...(lastScaleTime !== undefined && { lastScaleTime }),
      conditions: notes.all(),
    };
  }

  /** @returns undefined where no metric gives a count */
  async function measure(
    autoscaler: ResourceAutoscaler,
    target: Scalable,
    current: number,
    tell: Tell,
    notes: Notes,
  ): Promise<{ name: string; replicas: number; usage: readonly ResourceUsage[] } | undefined> {
    const { namespace } = autoscaler.metadata;
    const selection = { namespace, labelSelector: queryOf(target.spec.selector ?? {}) };
    const [selected, metrics] = await Promise.all([
      client.list(pods, selection),
      client.list(podMetrics, selection),
    ]);
    const counts: { readonly resource: string; readonly count: Count }[] = [];
    const failures: string[] = [];
    let invalid: Parameters<Notes['set']> | undefined;
    const { metrics: wishes = [] } = autoscaler.spec;
    for (const { type, resource } of wishes) {
      try {
        const percentage = resource?.target.averageUtilization;
        if (resource === undefined || percentage === undefined) {
          throw new NoReplicaCount(`the metric source type "${type}" is not measured here`);
        }
        const measured = { pods: selected, metrics, current, now: clock.now(), speed: clock.speed };
        const count = replicaCount({ ...measured, resource: resource.name, target: percentage });
        counts.push({ resource: resource.name, count });
      } catch (error) {
        if (!(error instanceof NoReplicaCount)) throw error;
        const why = `failed to get ${resource?.name ?? type} utilization: ${error.message}`;
        failures.push(why);
        tell('Warning', 'FailedGetResourceMetric', why);
        invalid ??= ['ScalingActive', 'False', 'FailedGetResourceMetric', `${unableToCompute}: ${why}`];
      }
    }
    // One metric that is measured is enough.
    const [highest] = counts.toSorted((a, b) => b.count.replicas - a.count.replicas);
    if (highest === undefined) {
      if (invalid) notes.set(...invalid);
      const tally = `${String(failures.length)} invalid out of ${String(wishes.length)}`;
      const message = `invalid metrics (${tally}), first error is: ${failures[0] ?? ''}`;
      tell('Warning', 'FailedComputeMetricsReplicas', message);
      return undefined;
    }
    const name = `${highest.resource} resource utilization (percentage of request)`;
    const found = `the HPA was able to successfully calculate a replica count from ${name}`;
    notes.set('ScalingActive', 'True', 'ValidMetricFound', found);
    return { name, replicas: highest.count.replicas, usage: counts.map(usageOf) };
  }

  /** @returns the highest wish of the last minutes */
  function remember(key: string, replicas: number, always: boolean): number {
    const oldest = clock.now() - downscaleStabilization / clock.speed;
    const recent = (recommendations.get(key) ?? []).filter(({ time }) => time >= oldest);
    if (always || !recommendations.has(key)) recent.push({ time: clock.now(), replicas });
    recommendations.set(key, recent);
    return Math.max(...recent.map((one) => one.replicas));
  }

  function conditionsOf(status: Status): Notes {
    let known: readonly Condition[] = status.conditions ?? [];
    return {
      set(type, value, reason, message) {
        known = withCondition(known, { type, status: value, reason, message }, timestamp(clock.now()));
      },
      all: () => [...known],
    };
  }

  void client.watch(
    resourceAutoscalers,
    {},
    ({ object }) => {
      queue.addAfter(keyOf(object), syncPeriod);
    },
    signal,
  );
}

interface Notes {
  set(type: string, status: Condition['status'], reason: string, message: string): void;
  all(): Condition[];
}

const ableToGetScale = "the HPA controller was able to get the target's current scale";
const unableToGetScale = "the HPA controller was unable to get the target's current scale";
const unableToCompute = 'the HPA was unable to compute the replica count';
const scalingDisabled = 'scaling is disabled since the replica count of the target is zero';
const stabilized =
  'recent recommendations were higher than current one, applying the highest recent recommendation';

function targetOf({
  apiVersion = 'apps/v1',
  kind,
}: ResourceAutoscaler['spec']['scaleTargetRef']): Resource<Scalable> {
  return { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
}

/** `deployments/scale.apps` */
function qualified({ apiVersion, plural }: Resource<Scalable>): string {
  return apiVersion.includes('/') ? `${plural}/scale.${apiVersion.split('/')[0] ?? ''}` : `${plural}/scale`;
}

function queryOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      return operator === 'DoesNotExist'
        ? `!${key}`
        : `${key} ${operator.toLowerCase()} (${values.join(',')})`;
    }),
  ].join(',');
}

function usageOf({ resource, count }: { resource: string; count: Count }): ResourceUsage {
  const { utilization, average } = count;
  const averageValue =
    resource === 'cpu' ? `${String(Math.round(average * 1000))}m` : String(Math.round(average));
  return {
    type: 'Resource',
    resource: { name: resource, current: { averageUtilization: utilization, averageValue } },
  };
}
