/** Lets ports of a Service lead to ports that its pods have. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { objectBefore } from './workload.ts';

interface Leading {
  readonly port: number;
  readonly targetPort: number | string;
}

const serviceRef = (parameters: { namespace: string; service: string }): ObjectRef => ({
  kind: 'Service',
  namespace: parameters.namespace,
  name: parameters.service,
});

/** A strategic merge patch finds each port by its number and leaves the others as they are. */
const leadTo = (namespace: string, service: string, ports: readonly Leading[]): readonly string[] => [
  'kubectl',
  'patch',
  `service/${service}`,
  '--type=strategic',
  '-p',
  JSON.stringify({ spec: { ports } }),
  '-n',
  namespace,
];

export const fixServicePort: Action<'fix_service_port'> = {
  name: 'fix_service_port',
  description: 'Sets where ports of a Service lead to (targetPort), so that they reach a port of its pods.',
  answers: ['TargetPortMismatch'],
  target: serviceRef,
  command: ({ namespace, service, ports }) =>
    leadTo(
      namespace,
      service,
      ports.map(({ port, targetPort }) => ({ port, targetPort })),
    ),
  touches: (parameters) => [serviceRef(parameters)],
  obstacle: (parameters, before) => {
    const service = objectBefore(before, serviceRef(parameters));
    if (service === undefined) return undefined;
    const own = ((service.spec?.ports ?? []) as Partial<Leading>[]).map(({ port }) => port);
    const added = parameters.ports.filter(({ port }) => !own.includes(port)).map(({ port }) => port);
    return added.length === 0
      ? undefined
      : `Service ${parameters.service} has no port ${added.join(', ')}: the command would add one.`;
  },
  verification: (parameters) => ({ type: 'endpoints', target: serviceRef(parameters) }),
  undo: (parameters, before) => {
    const { namespace, service, ports } = parameters;
    const all = (objectBefore(before, serviceRef(parameters))?.spec?.ports ?? []) as Partial<Leading>[];
    const old = ports.flatMap(({ port, targetPort: now }) => {
      const { targetPort } = all.find((one) => one.port === port) ?? {};
      return targetPort === undefined || targetPort === now ? [] : [{ port, targetPort }];
    });
    if (old.length === 0) return undefined;
    return {
      argv: leadTo(namespace, service, old),
      summary: `Lets Service ${service} lead to ${old.map(({ targetPort }) => targetPort).join(', ')} again.`,
    };
  },
};
