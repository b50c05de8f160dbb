/**
 * 20: a release dropped the CPU request from the container. The autoscaler's target is a share of that request: without it,
 * it can compute nothing, and the workload stays at the size that it has, whatever the load.
 */
import { autoscalers } from '../../api-groups.ts';
import { deployments } from '../../objects.ts';
import { quantity } from '../../quantity.ts';
import { autoscaler, autoscalerOf, scalingCondition } from '../autoscaling.ts';
import type { Autoscaling } from '../autoscaling.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { application, isHealthy } from '../state.ts';
import { putBack, rollOut, workload } from '../workload.ts';

const name = 'quotes';
const cpu = '50m';
const autoscaling: Autoscaling = { name, minReplicas: 2, maxReplicas: 6, target: 80 };
const restored = putBack(name, { resources: { requests: { cpu } } });

export const scenario: Scenario = {
  number: 20,
  name: 'hpa-no-requests',
  title: 'quotes is not scaled with its load any more',
  difficulty: 'medium',
  teaches: 'An autoscaler that aims at a share of the requested CPU needs pods that request some.',
  needs: ['metrics'],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => [
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-quotes:2.3.0',
        replicas: 2,
        // At the target with two pods.
        environment: { LOAD_MILLICORES: '80' },
        cause: 'release 54: quotes 2.3.0',
        container: { resources: { requests: { cpu, memory: '32Mi' }, limits: { memory: '128Mi' } } },
      },
      namespace,
    ),
    autoscaler(autoscaling, namespace),
  ],
  isUp: (state) =>
    isHealthy(state) && scalingCondition(autoscalerOf(state, name), 'ScalingActive')?.status === 'True',
  breakage: [
    rollOut(name, 'release 55: resources as in the new chart', { resources: { requests: { cpu: null } } }),
  ],
  symptom: (state) => {
    const { status, message = '' } = scalingCondition(autoscalerOf(state, name), 'ScalingActive') ?? {};
    return isHealthy(state) && status === 'False' && message.includes('missing request for cpu');
  },
  alarm: ({ namespace }) => ({
    name: 'KubeHpaScalingInactive',
    severity: 'warning',
    summary: 'The autoscaler computes no replica count.',
    namespace,
    labels: { horizontalpodautoscaler: name },
  }),
  tool: 'grafana',
  rootCause: {
    target: { kind: 'HorizontalPodAutoscaler', name },
    findings: ['FailedGetResourceMetric'],
  },
  fixes: [
    {
      says: 'Give the container its CPU request again',
      command: /^kubectl set resources deployment\/quotes .*--requests=\S*cpu=/,
      deeds: [restored],
    },
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/quotes\b/,
      deeds: [restored],
    },
  ],
  wrong: [
    { says: 'Scale by hand', deeds: [patch(deployments, name, { spec: { replicas: 4 } })] },
    {
      says: 'Take the autoscaler away',
      deeds: [{ deed: 'delete', resource: autoscalers, name }],
    },
  ],
  solved: (state) => {
    const found = autoscalerOf(state, name);
    const { requests, limits } = application(state)?.resources ?? {};
    return (
      isHealthy(state) &&
      found?.spec.maxReplicas === autoscaling.maxReplicas &&
      scalingCondition(found, 'ScalingActive')?.status === 'True' &&
      // A container that has a limit and no request requests its limit.
      (quantity(requests?.['cpu'] ?? limits?.['cpu']) ?? 0) > 0
    );
  },
  // Two looks of the autoscaler.
  settleSeconds: 30,
};
