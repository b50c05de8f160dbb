/** Sets the CPU limit of one container of a Deployment. */
import type { Action } from '../action.ts';
import { setResources, undoResources } from './resources.ts';
import { containerObstacle, deploymentRef } from './workload.ts';

export const increaseCpuLimits: Action<'increase_cpu_limits'> = {
  name: 'increase_cpu_limits',
  description:
    'Sets the CPU limit of one container of a Deployment, higher or where there is none, and rolls it out.',
  answers: ['FailedCreate'],
  target: deploymentRef,
  command: ({ cpu, ...place }) => setResources(place, 'limits', { cpu }),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: containerObstacle,
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ cpu, ...place }, before) => undoResources(place, 'limits', { cpu }, before),
};
