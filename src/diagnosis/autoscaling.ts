/**
 * Reading HorizontalPodAutoscalers in both forms: autoscaling/v2, and autoscaling/v1, which every Kubernetes since 1.2 serves and
 * which has conditions and most metrics in annotations as JSON
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/autoscaling/annotations.go).
 */
import type { KubeObject } from '../domain/kubernetes.ts';
import { parseQuantity } from './quantity.ts';

export interface ScalingCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** A metric that an autoscaler aims at. */
export interface ScalingMetric {
  /** `Resource`, `ContainerResource`, `Pods`, `Object`, `External`. */
  readonly type: string;
  /** `cpu`, of a resource. */
  readonly resource?: string;
  /** Only this container's counts. */
  readonly container?: string;
  /** Percent of what the pods request. */
  readonly utilization?: number;
  /** What is measured, in parts of what it aims at; undefined where one of them is not known. */
  readonly ratio?: number;
}

export interface Scaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly metrics: readonly ScalingMetric[];
}

const prefix = 'autoscaling.alpha.kubernetes.io/';

export function scalingConditions(autoscaler: KubeObject): readonly ScalingCondition[] {
  const conditions: unknown = autoscaler['status']?.conditions ?? annotated(autoscaler, 'conditions');
  return Array.isArray(conditions) ? conditions.filter(isCondition) : [];
}

export function scalingOf(autoscaler: KubeObject): Scaling {
  const spec = autoscaler['spec'] ?? {};
  const status = autoscaler['status'] ?? {};
  return {
    minReplicas: Number(spec.minReplicas ?? 1),
    maxReplicas: Number(spec.maxReplicas ?? 0),
    currentReplicas: Number(status.currentReplicas ?? 0),
    desiredReplicas: Number(status.desiredReplicas ?? 0),
    metrics: metricsOf(autoscaler),
  };
}

/** A metric's wish or state, as far as it is about a resource: v1 and v2 name the same fields differently. */
interface RawResource {
  readonly name?: string;
  readonly container?: string;
  readonly target?: Measure;
  readonly current?: Measure;
  readonly targetAverageUtilization?: number;
  readonly targetAverageValue?: string;
  readonly currentAverageUtilization?: number;
  readonly currentAverageValue?: string;
}

interface Measure {
  readonly averageUtilization?: number;
  readonly averageValue?: string;
}

interface RawMetric {
  readonly type?: string;
  readonly resource?: RawResource;
  readonly containerResource?: RawResource;
}

function metricsOf(autoscaler: KubeObject): ScalingMetric[] {
  const { metrics, targetCPUUtilizationPercentage: share } = autoscaler['spec'] ?? {};
  const { currentMetrics, currentCPUUtilizationPercentage: measured } = autoscaler['status'] ?? {};
  const wishes = listed(metrics ?? annotated(autoscaler, 'metrics'));
  const states = listed(currentMetrics ?? annotated(autoscaler, 'current-metrics'));
  const cpu: RawMetric[] =
    typeof share === 'number'
      ? [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: share } }]
      : [];
  const cpuNow: RawMetric[] =
    typeof measured === 'number'
      ? [{ type: 'Resource', resource: { name: 'cpu', currentAverageUtilization: measured } }]
      : [];
  return [...wishes, ...cpu].map((wish) => metricOf(wish, [...cpuNow, ...states]));
}

function metricOf(wish: RawMetric, states: readonly RawMetric[]): ScalingMetric {
  const { type = '' } = wish;
  const wanted = wish.resource ?? wish.containerResource;
  if (wanted?.name === undefined) return { type };
  const now = states
    .map((state) => (wish.resource === undefined ? state.containerResource : state.resource))
    .find((state) => state?.name === wanted.name && state?.container === wanted.container);
  const share = wanted.target?.averageUtilization ?? wanted.targetAverageUtilization;
  const [target, current] =
    share === undefined
      ? [
          parseQuantity(wanted.target?.averageValue ?? wanted.targetAverageValue),
          parseQuantity(now?.current?.averageValue ?? now?.currentAverageValue),
        ]
      : [share, now?.current?.averageUtilization ?? now?.currentAverageUtilization];
  return {
    type,
    resource: wanted.name,
    ...(wanted.container === undefined ? {} : { container: wanted.container }),
    ...(share === undefined ? {} : { utilization: share }),
    ...(target === undefined || target <= 0 || current === undefined ? {} : { ratio: current / target }),
  };
}

function listed(value: unknown): RawMetric[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

function annotated(autoscaler: KubeObject, name: string): unknown {
  const text = autoscaler.metadata.annotations?.[`${prefix}${name}`];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCondition(value: unknown): value is ScalingCondition {
  return typeof value === 'object' && value !== null && 'type' in value && 'status' in value;
}
