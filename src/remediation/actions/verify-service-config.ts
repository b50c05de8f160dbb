/** Looks where a Service leads: its selector, its ports and the endpoints behind it. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';

const serviceRef = ({ namespace, service }: { namespace: string; service: string }): ObjectRef => ({
  kind: 'Service',
  namespace,
  name: service,
});

/** `kubectl describe` asks for EndpointSlices: a kubectl newer than the cluster shows no endpoints where there are some. */
const columns = [
  'KIND:.kind',
  'NAME:.metadata.name',
  'SELECTOR:.spec.selector',
  'PORT:.spec.ports[*].port',
  'TARGET:.spec.ports[*].targetPort',
  'READY:.subsets[*].addresses[*].ip',
  'NOT-READY:.subsets[*].notReadyAddresses[*].ip',
  'AT:.subsets[*].ports[*].port',
];

export const verifyServiceConfig: Action<'verify_service_config'> = {
  name: 'verify_service_config',
  description: 'Shows the selector, the ports and the endpoints of a Service. Changes nothing.',
  answers: [],
  target: serviceRef,
  command: ({ namespace, service }) => [
    'kubectl',
    'get',
    `service/${service}`,
    `endpoints/${service}`,
    '--ignore-not-found',
    '-o',
    `custom-columns=${columns.join(',')}`,
    '-n',
    namespace,
  ],
  touches: () => [],
  verification: () => ({ type: 'none' }),
  reads: (parameters) => ({
    source: { type: 'object', ref: serviceRef(parameters), path: 'spec' },
    summary: `Where Service ${parameters.service} leads`,
  }),
  undo: () => undefined,
};
