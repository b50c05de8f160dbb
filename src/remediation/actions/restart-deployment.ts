/** Restarts all pods of a Deployment, one batch after another. */
import type { Action } from '../action.ts';
import { deploymentRef } from './workload.ts';

export const restartDeployment: Action<'restart_deployment'> = {
  name: 'restart_deployment',
  description: 'Replaces all pods of a Deployment by new ones of the same template, without downtime.',
  // The same template fails the same way: a restart removes none of the symptoms that built-in rules establish.
  answers: [],
  target: deploymentRef,
  command: ({ namespace, deployment }) => [
    'kubectl',
    'rollout',
    'restart',
    `deployment/${deployment}`,
    '-n',
    namespace,
  ],
  touches: (parameters) => [deploymentRef(parameters)],
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: () => undefined,
};
