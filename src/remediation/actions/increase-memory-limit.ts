/** Raises the memory limit of one container of a Deployment. */
import type { Action } from '../action.ts';
import { containerObstacle, deploymentRef, objectBefore, templateContainer } from './workload.ts';

const setLimit = (
  namespace: string,
  deployment: string,
  container: string,
  memory: string,
): readonly string[] => [
  'kubectl',
  'set',
  'resources',
  `deployment/${deployment}`,
  `-c=${container}`,
  `--limits=memory=${memory}`,
  '-n',
  namespace,
];

/**
 * Takes the limit away. `kubectl set resources --limits=memory=0` would leave a limit of 0 in the template,
 * so a strategic merge patch removes the key; it finds the container by its name.
 */
const removeLimit = (namespace: string, deployment: string, container: string): readonly string[] => [
  'kubectl',
  'patch',
  `deployment/${deployment}`,
  '--type=strategic',
  '-p',
  JSON.stringify({
    spec: {
      template: { spec: { containers: [{ name: container, resources: { limits: { memory: null } } }] } },
    },
  }),
  '-n',
  namespace,
];

export const increaseMemoryLimit: Action<'increase_memory_limit'> = {
  name: 'increase_memory_limit',
  description: 'Sets a higher memory limit for one container of a Deployment and rolls it out.',
  answers: ['OOMKilled'],
  target: deploymentRef,
  command: ({ namespace, deployment, container, memory }) =>
    setLimit(namespace, deployment, container, memory),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: containerObstacle,
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: (parameters, before) => {
    const { namespace, deployment, container, memory } = parameters;
    const workload = objectBefore(before, deploymentRef(parameters));
    const old = workload && templateContainer(workload, container);
    if (old === undefined) return undefined;
    const limit = old.resources?.limits?.['memory'];
    if (limit === undefined) {
      return {
        argv: removeLimit(namespace, deployment, container),
        summary: `Removes the memory limit of container ${container}, which had none.`,
      };
    }
    if (limit === memory) return undefined;
    return {
      argv: setLimit(namespace, deployment, container, limit),
      summary: `Sets the memory limit of container ${container} back to ${limit}.`,
    };
  },
};
