/**
 * HorizontalPodAutoscalers at their two versions: kept as `autoscaling/v2`, and shown as `autoscaling/v1`, where everything that is not
 * about the share of the requested CPU is an annotation. Source: k8s.io/kubernetes pkg/apis/autoscaling/v1/conversion.go.
 */
import type {
  V2HorizontalPodAutoscalerCondition,
  V2HorizontalPodAutoscalerSpec,
  V2MetricSpec,
  V2MetricStatus,
} from '@kubernetes/client-node';
import type { Cause } from './failure.ts';
import { at, isJsonObject, type JsonObject, type KubeObject } from './object.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const annotation = {
  conditions: `${prefix}conditions`,
  currentMetrics: `${prefix}current-metrics`,
  metrics: `${prefix}metrics`,
  behavior: `${prefix}behavior`,
} as const;

/** What an autoscaler aims at where it does not say: this percentage of the requested CPU. */
const defaultTarget = 80;

/** `autoscaling/v2` → `autoscaling/v1`. */
export function toAutoscalingV1(autoscaler: KubeObject): KubeObject {
  const { metrics = [], behavior, ...spec } = (autoscaler['spec'] ?? {}) as V2HorizontalPodAutoscalerSpec;
  const { currentMetrics, conditions, ...status } = (autoscaler['status'] ?? {}) as {
    currentMetrics?: V2MetricStatus[];
    conditions?: V2HorizontalPodAutoscalerCondition[];
  };
  const target = metrics.find(isCpuShare)?.resource?.target.averageUtilization;
  const others = metrics.filter((metric) => !isCpuShare(metric)).map(metricToV1);
  const current = currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  const notes = {
    ...noted(annotation.conditions, conditions?.map(conditionToV1)),
    ...noted(annotation.currentMetrics, currentMetrics?.map(statusToV1)),
    ...noted(annotation.metrics, others),
    ...noted(annotation.behavior, behavior === undefined ? [] : [behavior], ([only]) => only),
  };
  const annotations = { ...autoscaler.metadata.annotations, ...notes };
  return {
    ...autoscaler,
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...autoscaler.metadata,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { ...spec, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) },
    ...(autoscaler['status'] !== undefined && {
      status: {
        ...status,
        ...(current?.averageUtilization !== undefined && {
          currentCPUUtilizationPercentage: current.averageUtilization,
        }),
      },
    }),
  };
}

/** `autoscaling/v1` → `autoscaling/v2`. */
export function fromAutoscalingV1(autoscaler: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = (autoscaler['spec'] ?? {}) as JsonObject;
  const status = { ...(autoscaler['status'] as JsonObject | undefined) };
  // The annotation says the same, and more.
  delete status['currentCPUUtilizationPercentage'];
  const { annotations: all = {}, ...metadata } = autoscaler.metadata;
  const read = (name: string): unknown => {
    try {
      return all[name] === undefined ? undefined : JSON.parse(all[name]);
    } catch {
      return undefined;
    }
  };
  const others = read(annotation.metrics);
  const metrics = [
    ...(Array.isArray(others) ? others.map(metricFromV1) : []),
    ...(typeof target === 'number' ? [cpuShare(target)] : []),
  ];
  const behavior = read(annotation.behavior);
  const conditions = read(annotation.conditions);
  const current = read(annotation.currentMetrics);
  const known: readonly string[] = Object.values(annotation);
  const annotations = Object.fromEntries(Object.entries(all).filter(([name]) => !known.includes(name)));
  return {
    ...autoscaler,
    apiVersion: 'autoscaling/v2',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      ...spec,
      ...(metrics.length > 0 && { metrics }),
      ...(isJsonObject(behavior) && { behavior }),
    },
    ...(autoscaler['status'] !== undefined && {
      status: {
        ...status,
        ...(Array.isArray(conditions) && { conditions }),
        ...(Array.isArray(current) && { currentMetrics: current.map(statusFromV1) }),
      },
    }),
  };
}

/** Fills in an autoscaler's defaults, in place. */
export function defaultAutoscaler(object: KubeObject): void {
  const spec = (object['spec'] ??= {}) as V2HorizontalPodAutoscalerSpec;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) spec.metrics = [cpuShare(defaultTarget)];
  object['status'] ??= { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null };
}

/** What is wrong with an autoscaler, in the API server's words. */
export function autoscalerCauses(object: KubeObject): Cause[] {
  const reason = 'FieldValueInvalid';
  const maximum = at(object, 'spec', 'maxReplicas');
  const minimum = at(object, 'spec', 'minReplicas');
  const invalid = (field: string, value: unknown, why: string): Cause => ({
    reason,
    field,
    message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  });
  if (typeof maximum !== 'number' || maximum < 1) {
    return [invalid('spec.maxReplicas', maximum ?? 0, 'must be greater than 0')];
  }
  if (typeof minimum !== 'number') return [];
  if (minimum < 1) return [invalid('spec.minReplicas', minimum, 'must be greater than or equal to 1')];
  if (minimum <= maximum) return [];
  return [invalid('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`')];
}

function noted<T>(
  name: string,
  values: readonly T[] | null | undefined,
  shape: (values: readonly T[]) => unknown = (all) => all,
): Record<string, string> {
  return (values ?? []).length === 0 ? {} : { [name]: JSON.stringify(shape(values ?? [])) };
}

function isCpuShare({ resource }: V2MetricSpec): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function cpuShare(percentage: number): V2MetricSpec {
  const target = { type: 'Utilization', averageUtilization: percentage };
  return { type: 'Resource', resource: { name: 'cpu', target } };
}

/** Metrics of pods and objects keep the form of v2: only resources have one of their own here. */
function metricToV1(metric: V2MetricSpec): unknown {
  if (metric.resource === undefined) return metric;
  const { name, target } = metric.resource;
  const { averageUtilization: targetAverageUtilization, averageValue: targetAverageValue } = target;
  return { type: 'Resource', resource: { name, targetAverageUtilization, targetAverageValue } };
}

function metricFromV1(metric: unknown): unknown {
  const name = at(metric, 'resource', 'name');
  if (name === undefined) return metric;
  const averageUtilization = at(metric, 'resource', 'targetAverageUtilization');
  const averageValue = at(metric, 'resource', 'targetAverageValue');
  const target =
    averageUtilization === undefined
      ? { type: 'AverageValue', averageValue }
      : { type: 'Utilization', averageUtilization };
  return { type: 'Resource', resource: { name, target } };
}

/** In the order of the API type: an annotation is compared as a text. */
function conditionToV1(condition: V2HorizontalPodAutoscalerCondition): unknown {
  const { type, status, lastTransitionTime, reason, message } = condition;
  return { type, status, lastTransitionTime, reason, message };
}

function statusToV1(metric: V2MetricStatus): unknown {
  if (metric.resource === undefined) return metric;
  const { name, current } = metric.resource;
  const { averageUtilization: currentAverageUtilization, averageValue: currentAverageValue } = current;
  return { type: 'Resource', resource: { name, currentAverageUtilization, currentAverageValue } };
}

function statusFromV1(metric: unknown): unknown {
  const name = at(metric, 'resource', 'name');
  if (name === undefined) return metric;
  const averageUtilization = at(metric, 'resource', 'currentAverageUtilization');
  const averageValue = at(metric, 'resource', 'currentAverageValue');
  return { type: 'Resource', resource: { name, current: { averageUtilization, averageValue } } };
}
