/** Lets a probe ask another port; the probe itself stays as strict as it was. */
import type { ActionParameters } from '../../domain/action.ts';
import type { Action } from '../action.ts';
import { deploymentRef, objectBefore, templateContainer } from './workload.ts';

type Place = Omit<ActionParameters<'fix_probe'>, 'port'>;

/** A strategic merge patch finds the container by its name and leaves the rest of the probe as it is. */
const askPort = (place: Place, port: number | string): readonly string[] => [
  'kubectl',
  'patch',
  `deployment/${place.deployment}`,
  '--type=strategic',
  '-p',
  JSON.stringify({
    spec: {
      template: {
        spec: {
          containers: [{ name: place.container, [`${place.probe}Probe`]: { [place.handler]: { port } } }],
        },
      },
    },
  }),
  '-n',
  place.namespace,
];

export const fixProbe: Action<'fix_probe'> = {
  name: 'fix_probe',
  description: 'Changes the port that a probe of one container of a Deployment asks, and nothing else of it.',
  answers: ['Unhealthy'],
  target: deploymentRef,
  command: ({ port, ...place }) => askPort(place, port),
  touches: (parameters) => [deploymentRef(parameters)],
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ port, ...place }, before) => {
    const deployment = objectBefore(before, deploymentRef(place));
    const container = deployment && templateContainer(deployment, place.container);
    const old = container?.[`${place.probe}Probe`]?.[place.handler]?.port;
    if (old === undefined || old === port) return undefined;
    return {
      argv: askPort(place, old),
      summary: `Lets the ${place.probe} probe of container ${place.container} ask port ${old} again.`,
    };
  },
};
