/** 21: to save cost, the autoscaler may make no more than two pods; the load needs four, and each pod has twice what it can take. */
import { autoscalers } from '../../api-groups.ts';
import { deployments } from '../../objects.ts';
import { autoscaler, autoscalerOf, scalingCondition } from '../autoscaling.ts';
import type { Autoscaling } from '../autoscaling.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'thumbnails';
const autoscaling: Autoscaling = { name, minReplicas: 2, maxReplicas: 6, target: 80 };

export const scenario: Scenario = {
  number: 21,
  name: 'hpa-maxed',
  title: 'thumbnails is slow: its CPU is above what it should take',
  difficulty: 'easy',
  teaches:
    'Sees that an autoscaler would scale on and may not, and gives it room instead of taking its target away.',
  needs: ['metrics'],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => [
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-thumbnails:0.9.6',
        replicas: 4,
        // At the target with four pods.
        environment: { LOAD_MILLICORES: '160' },
        cause: 'release 12: thumbnails 0.9.6',
        container: {
          resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '128Mi' } },
        },
      },
      namespace,
    ),
    autoscaler(autoscaling, namespace),
  ],
  isUp: (state) => {
    const found = autoscalerOf(state, name);
    return (
      isHealthy(state) &&
      state.deployment?.spec.replicas === 4 &&
      found?.status?.currentReplicas === 4 &&
      scalingCondition(found, 'ScalingLimited')?.status === 'False'
    );
  },
  breakage: [patch(autoscalers, name, { spec: { maxReplicas: 2 } }, 'merge')],
  symptom: (state) => {
    const found = autoscalerOf(state, name);
    return (
      isHealthy(state) &&
      scalingCondition(found, 'ScalingLimited')?.reason === 'TooManyReplicas' &&
      (found?.status?.currentCPUUtilizationPercentage ?? 0) > 1.5 * autoscaling.target
    );
  },
  alarm: ({ namespace }) => ({
    name: 'KubeHpaMaxedOut',
    severity: 'warning',
    summary: 'The autoscaler has been running at its maximum.',
    namespace,
    labels: { horizontalpodautoscaler: name },
  }),
  tool: 'text',
  rootCause: { target: { kind: 'HorizontalPodAutoscaler', name }, findings: ['TooManyReplicas'] },
  fixes: [
    {
      says: 'Raise the maximum of the autoscaler above what the load needs',
      command: /^kubectl patch (hpa|horizontalpodautoscaler)\/thumbnails\b.*maxReplicas/,
      deeds: [patch(autoscalers, name, { spec: { maxReplicas: autoscaling.maxReplicas } }, 'merge')],
    },
  ],
  wrong: [
    {
      says: 'Be content with a higher share of the requested CPU',
      deeds: [patch(autoscalers, name, { spec: { targetCPUUtilizationPercentage: 100 } }, 'merge')],
    },
    { says: 'Scale by hand', deeds: [patch(deployments, name, { spec: { replicas: 4 } })] },
    {
      says: 'Take the autoscaler away',
      deeds: [{ deed: 'delete', resource: autoscalers, name }],
    },
  ],
  solved: (state) => {
    const { spec, status } = autoscalerOf(state, name) ?? {};
    const measured = status?.currentCPUUtilizationPercentage ?? Infinity;
    return (
      isHealthy(state) &&
      spec?.targetCPUUtilizationPercentage === autoscaling.target &&
      (status?.desiredReplicas ?? Infinity) < spec.maxReplicas &&
      measured <= 1.1 * autoscaling.target
    );
  },
  // Two looks of the autoscaler.
  settleSeconds: 30,
};
