/** Sets what one container of a Deployment asks of a node. */
import type { Action } from '../action.ts';
import { setResources, undoResources } from './resources.ts';
import { containerObstacle, deploymentRef } from './workload.ts';

export const setResourceRequests: Action<'set_resource_requests'> = {
  name: 'set_resource_requests',
  description: 'Sets the CPU or memory requests of one container of a Deployment and rolls it out.',
  answers: ['FailedScheduling', 'FailedCreate', 'FailedGetResourceMetric'],
  target: deploymentRef,
  command: ({ cpu, memory, ...place }) => setResources(place, 'requests', { cpu, memory }),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: containerObstacle,
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ cpu, memory, ...place }, before) => undoResources(place, 'requests', { cpu, memory }, before),
};
