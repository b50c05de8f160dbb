/**
 * An autoscaler that cannot do its work: FailedGetScale (what it scales does not exist), FailedGetResourceMetric and FailedGetMetric
 * (it computes no replica count), TooManyReplicas (it would scale on and may not).
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/#appendix-horizontal-pod-autoscaler-status-conditions
 */
import type { FindingName } from '../../domain/diagnosis.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { scalingConditions, scalingOf, type ScalingCondition } from '../autoscaling.ts';
import { refOf } from '../pods.ts';
import type { AutoscalerView } from '../sources/autoscalers.ts';
import { scaledBy } from '../sources/autoscalers.ts';
import { fieldEvidence, type FindingDraft, type FindingRule } from './rule.ts';

function about(
  view: AutoscalerView,
  name: FindingName,
  summary: string,
  condition: ScalingCondition | undefined,
): FindingDraft {
  const { autoscaler } = view;
  const scaled = scaledBy(autoscaler);
  const { metrics, ...replicas } = scalingOf(autoscaler);
  return {
    name,
    target: refOf(autoscaler),
    ...(scaled === undefined ? {} : { alsoAbout: [scaled] }),
    summary,
    evidence: [
      ...(condition === undefined
        ? []
        : [
            fieldEvidence(
              autoscaler,
              `status.conditions[${condition.type}]`,
              `${condition.type} of ${autoscaler.metadata.name}: ${condition.status} (${condition.reason ?? 'no reason'})`,
              condition,
              condition.lastTransitionTime,
            ),
          ]),
      fieldEvidence(
        autoscaler,
        'spec',
        `${autoscaler.metadata.name} scales ${scaled?.kind ?? 'something'} ${scaled?.name ?? ''} between ${replicas.minReplicas} and ${replicas.maxReplicas} replicas`,
        { ...replicas, metrics },
      ),
    ],
  };
}

function condition(
  { autoscaler }: AutoscalerView,
  type: string,
  status: string,
): ScalingCondition | undefined {
  return scalingConditions(autoscaler).find((one) => one.type === type && one.status === status);
}

export const failedGetScale: FindingRule<'autoscalers'> = ({ surroundings }) =>
  surroundings.autoscalers.flatMap((view) => {
    if (view.scaled !== 'absent') return [];
    const ref = scaledBy(view.autoscaler) as ObjectRef;
    const summary = `Autoscaler ${view.autoscaler.metadata.name} scales ${ref.kind} ${ref.name}, which does not exist`;
    return [about(view, 'FailedGetScale', summary, condition(view, 'AbleToScale', 'False'))];
  });

/** Reasons of ScalingActive that say that a metric of the pods' own resources is missing. */
const resourceReasons = new Set(['FailedGetResourceMetric', 'FailedGetContainerResourceMetric']);

/** Why an autoscaler computes no count; undefined where it does, or where nothing is to be scaled. */
function blind(view: AutoscalerView): ScalingCondition | undefined {
  const active = condition(view, 'ScalingActive', 'False');
  return active?.reason === 'ScalingDisabled' || view.scaled === 'absent' ? undefined : active;
}

export const failedGetResourceMetric: FindingRule<'autoscalers'> = ({ surroundings }) =>
  surroundings.autoscalers.flatMap((view) => {
    const active = blind(view);
    if (active === undefined || !resourceReasons.has(active.reason ?? '')) return [];
    const summary = `Autoscaler ${view.autoscaler.metadata.name} does not know how much its pods use, and scales nothing`;
    return [about(view, 'FailedGetResourceMetric', summary, active)];
  });

export const failedGetMetric: FindingRule<'autoscalers'> = ({ surroundings }) =>
  surroundings.autoscalers.flatMap((view) => {
    const active = blind(view);
    if (active === undefined || resourceReasons.has(active.reason ?? '')) return [];
    const summary = `Autoscaler ${view.autoscaler.metadata.name} computes no replica count (${active.reason ?? 'no reason given'})`;
    return [about(view, 'FailedGetMetric', summary, active)];
  });

export const tooManyReplicas: FindingRule<'autoscalers'> = ({ surroundings }) =>
  surroundings.autoscalers.flatMap((view) => {
    const limited = condition(view, 'ScalingLimited', 'True');
    if (limited?.reason !== 'TooManyReplicas') return [];
    const { maxReplicas } = scalingOf(view.autoscaler);
    const summary = `Autoscaler ${view.autoscaler.metadata.name} is at its maximum of ${maxReplicas} and would scale on`;
    return [about(view, 'TooManyReplicas', summary, limited)];
  });
