/** Sets a Deployment's number of replicas. */
import type { Action } from '../action.ts';
import { deploymentRef, objectBefore } from './workload.ts';

const scale = (namespace: string, deployment: string, replicas: number): readonly string[] => [
  'kubectl',
  'scale',
  `deployment/${deployment}`,
  `--replicas=${replicas}`,
  '-n',
  namespace,
];

export const scaleDeployment: Action<'scale_deployment'> = {
  name: 'scale_deployment',
  description: 'Sets how many replicas a Deployment runs.',
  answers: ['ScaledToZero', 'FailedScheduling', 'FailedCreate'],
  target: deploymentRef,
  command: ({ namespace, deployment, replicas }) => scale(namespace, deployment, replicas),
  touches: (parameters) => [deploymentRef(parameters)],
  verification: (parameters) => ({
    type: 'replicas',
    target: deploymentRef(parameters),
    replicas: parameters.replicas,
  }),
  undo: (parameters, before) => {
    const deployment = objectBefore(before, deploymentRef(parameters));
    if (deployment === undefined) return undefined;
    // The API server's default for an absent count is 1.
    const replicas: number = deployment.spec?.replicas ?? 1;
    if (replicas === parameters.replicas) return undefined;
    return {
      argv: scale(parameters.namespace, parameters.deployment, replicas),
      summary: `Scales ${parameters.deployment} back to ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}.`,
    };
  },
};
