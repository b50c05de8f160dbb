/** A HorizontalPodAutoscaler in front of a workload, and what its status says. */
import { autoscalers } from '../api-groups.ts';
import type { HorizontalPodAutoscaler } from '../api-groups.ts';
import { conditionOf } from '../conditions.ts';
import type { Condition } from '../objects.ts';
import { manifest } from './scenario.ts';
import type { Manifest } from './scenario.ts';
import type { State } from './state.ts';

export interface Autoscaling {
  /** Of the autoscaler and of the Deployment that it scales. */
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the CPU that the pods request. */
  readonly target: number;
}

export function autoscaler(autoscaling: Autoscaling, namespace: string): Manifest {
  const { name, minReplicas, maxReplicas, target } = autoscaling;
  return manifest(autoscalers, {
    metadata: { name, namespace, labels: { app: name, 'app.kubernetes.io/part-of': 'shop' } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas,
      targetCPUUtilizationPercentage: target,
    },
  });
}

/** @param name the workload's */
export function autoscalerOf(state: State, name: string): HorizontalPodAutoscaler | undefined {
  return state.all(autoscalers).find(({ metadata }) => metadata.name === name);
}

/** A condition of an autoscaler: at this version of the API they are in an annotation. */
export function scalingCondition(
  autoscaler: HorizontalPodAutoscaler | undefined,
  type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited',
): Condition | undefined {
  const text = autoscaler?.metadata.annotations?.['autoscaling.alpha.kubernetes.io/conditions'];
  return text === undefined ? undefined : conditionOf(JSON.parse(text) as Condition[], type);
}
