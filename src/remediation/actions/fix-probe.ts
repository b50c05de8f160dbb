/** Lets a probe ask another port; the probe itself stays as strict as it was. */
import type { ActionParameters } from '../../domain/action.ts';
import type { Action } from '../action.ts';
import { containerObstacle, deploymentRef, objectBefore, templateContainer } from './workload.ts';

type Place = Omit<ActionParameters<'fix_probe'>, 'port'>;

/** A strategic merge patch finds the container by its name and leaves the rest of the probe as it is. */
const patch = (place: Place, probe: object | null): readonly string[] => [
  'kubectl',
  'patch',
  `deployment/${place.deployment}`,
  '--type=strategic',
  '-p',
  JSON.stringify({
    spec: {
      template: { spec: { containers: [{ name: place.container, [`${place.probe}Probe`]: probe }] } },
    },
  }),
  '-n',
  place.namespace,
];

const askPort = (place: Place, port: number | string): readonly string[] =>
  patch(place, { [place.handler]: { port } });

export const fixProbe: Action<'fix_probe'> = {
  name: 'fix_probe',
  description: 'Changes the port that a probe of one container of a Deployment asks, and nothing else of it.',
  answers: ['Unhealthy'],
  target: deploymentRef,
  command: ({ port, ...place }) => askPort(place, port),
  touches: (parameters) => [deploymentRef(parameters)],
  obstacle: (parameters, before) => {
    const deployment = objectBefore(before, deploymentRef(parameters));
    const missing = containerObstacle(parameters, before);
    if (deployment === undefined || missing !== undefined) return missing;
    const { container: name, probe, handler } = parameters;
    const container = templateContainer(deployment, name);
    // The patch is written into the containers that stay: it would add an init container of that name there.
    const stays = (deployment.spec?.template?.spec?.containers ?? []).some(
      (one: { readonly name: string }) => one.name === name,
    );
    if (!stays) return `Container ${name} of Deployment ${parameters.deployment} is an init container.`;
    return container?.[`${probe}Probe`]?.[handler] === undefined
      ? `Container ${name} of Deployment ${parameters.deployment} has no ${probe} probe by ${handler}: the command would add one.`
      : undefined;
  },
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: ({ port, ...place }, before) => {
    const deployment = objectBefore(before, deploymentRef(place));
    const container = deployment && templateContainer(deployment, place.container);
    if (container === undefined) return undefined;
    const probe = container[`${place.probe}Probe`];
    // Setting the port of a probe that there is not makes one.
    if (probe === undefined)
      return {
        argv: patch(place, null),
        summary: `Removes the ${place.probe} probe of container ${place.container}, which had none.`,
      };
    const old = probe[place.handler]?.port;
    if (old === undefined || old === port) return undefined;
    return {
      argv: askPort(place, old),
      summary: `Lets the ${place.probe} probe of container ${place.container} ask port ${old} again.`,
    };
  },
};
