/** Looks whether the Services that a Deployment calls are there, and whether anything answers for them. */
import type { Action } from '../action.ts';
import { deploymentRef } from './workload.ts';

export const checkDependencies: Action<'check_dependencies'> = {
  name: 'check_dependencies',
  description:
    'Looks whether the Services that a Deployment calls, in its namespace, exist and have endpoints. Changes nothing.',
  answers: [],
  // The Services may be missing: that is what is asked.
  target: deploymentRef,
  command: ({ namespace, services }) => [
    'kubectl',
    'get',
    'services,endpoints',
    ...services,
    '--ignore-not-found',
    '-n',
    namespace,
  ],
  touches: () => [],
  verification: () => ({ type: 'none' }),
  reads: ({ namespace, services }) => ({
    source: { type: 'list', ref: { kind: 'Endpoints', namespace, name: '*' } },
    summary: `Whether ${services.join(', ')} in namespace ${namespace} can be reached`,
  }),
  undo: () => undefined,
};
