/** Sets the image of one container of a Deployment. */
import type { Action } from '../action.ts';
import { containerObstacle, deploymentRef, objectBefore, templateContainer } from './workload.ts';

const setTo = (
  namespace: string,
  deployment: string,
  container: string,
  image: string,
): readonly string[] => [
  'kubectl',
  'set',
  'image',
  `deployment/${deployment}`,
  `${container}=${image}`,
  '-n',
  namespace,
];

export const setImage: Action<'set_image'> = {
  name: 'set_image',
  description: 'Sets the image of one container of a Deployment and rolls it out.',
  answers: ['ImagePullBackOff'],
  target: deploymentRef,
  command: ({ namespace, deployment, container, image }) => setTo(namespace, deployment, container, image),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: containerObstacle,
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: (parameters, before) => {
    const { namespace, deployment, container } = parameters;
    const workload = objectBefore(before, deploymentRef(parameters));
    const image = workload && templateContainer(workload, container)?.image;
    if (!image || image === parameters.image) return undefined;
    return {
      argv: setTo(namespace, deployment, container, image),
      summary: `Sets the image of container ${container} back to ${image}.`,
    };
  },
};
