/** Looks which of the ConfigMaps and Secrets that a Deployment needs are there. */
import type { Action } from '../action.ts';
import { deploymentRef } from './workload.ts';

export const checkConfigmapsSecrets: Action<'check_configmaps_secrets'> = {
  name: 'check_configmaps_secrets',
  description:
    'Looks which of the named ConfigMaps and Secrets exist, by name only: one that is not listed does not. Changes nothing.',
  answers: [],
  target: deploymentRef,
  // As a table the API server sends names and counts: no value of a Secret leaves it.
  command: ({ namespace, configMaps, secrets }) => [
    'kubectl',
    'get',
    ...configMaps.map((name) => `configmap/${name}`),
    ...secrets.map((name) => `secret/${name}`),
    '--ignore-not-found',
    '-n',
    namespace,
  ],
  touches: () => [],
  verification: () => ({ type: 'none' }),
  reads: (parameters) => ({
    source: { type: 'object', ref: deploymentRef(parameters), path: 'spec.template.spec' },
    summary: `Which of ${[...parameters.configMaps, ...parameters.secrets].join(', ')} there are in namespace ${parameters.namespace}`,
  }),
  undo: () => undefined,
};
