/** Sets CPU and memory limits of one container of a Deployment at once. */
import type { Action } from '../action.ts';
import { setResources, undoResources } from './resources.ts';
import { containerObstacle, deploymentRef } from './workload.ts';

export const setResourceLimits: Action<'set_resource_limits'> = {
  name: 'set_resource_limits',
  description:
    'Sets the CPU and memory limits of one container of a Deployment in one rollout, as a quota asks for both.',
  answers: ['FailedCreate'],
  target: deploymentRef,
  command: ({ cpu, memory, ...place }) => setResources(place, 'limits', { cpu, memory }),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: containerObstacle,
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ cpu, memory, ...place }, before) => undoResources(place, 'limits', { cpu, memory }, before),
};
