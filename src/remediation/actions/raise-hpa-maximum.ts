/** Lets an autoscaler make more replicas. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { objectBefore } from './workload.ts';

const autoscalerRef = (parameters: { namespace: string; autoscaler: string }): ObjectRef => ({
  kind: 'HorizontalPodAutoscaler',
  namespace: parameters.namespace,
  name: parameters.autoscaler,
});

const setMaximum = (namespace: string, autoscaler: string, maxReplicas: number): readonly string[] => [
  'kubectl',
  'patch',
  `hpa/${autoscaler}`,
  '--type=merge',
  '-p',
  JSON.stringify({ spec: { maxReplicas } }),
  '-n',
  namespace,
];

export const raiseHpaMaximum: Action<'raise_hpa_maximum'> = {
  name: 'raise_hpa_maximum',
  description: 'Raises the number of replicas that a HorizontalPodAutoscaler may make at most.',
  answers: ['TooManyReplicas'],
  target: autoscalerRef,
  command: ({ namespace, autoscaler, maxReplicas }) => setMaximum(namespace, autoscaler, maxReplicas),
  touches: (parameters) => [autoscalerRef(parameters)],
  verification: (parameters) => ({ type: 'autoscaled', target: autoscalerRef(parameters) }),
  undo: (parameters, before) => {
    const { namespace, autoscaler, maxReplicas } = parameters;
    const old: unknown = objectBefore(before, autoscalerRef(parameters))?.spec?.maxReplicas;
    if (typeof old !== 'number' || old === maxReplicas) return undefined;
    return {
      argv: setMaximum(namespace, autoscaler, old),
      summary: `Sets the maximum of autoscaler ${autoscaler} back to ${old}.`,
    };
  },
};
