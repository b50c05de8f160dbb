/** Names another class for an Ingress. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { objectBefore } from './workload.ts';

const ingressRef = (parameters: { namespace: string; ingress: string }): ObjectRef => ({
  kind: 'Ingress',
  namespace: parameters.namespace,
  name: parameters.ingress,
});

const setClass = (namespace: string, ingress: string, ingressClassName: string | null): readonly string[] => [
  'kubectl',
  'patch',
  `ingress/${ingress}`,
  '--type=merge',
  '-p',
  JSON.stringify({ spec: { ingressClassName } }),
  '-n',
  namespace,
];

export const fixIngressClass: Action<'fix_ingress_class'> = {
  name: 'fix_ingress_class',
  description: 'Sets the class of an Ingress to one that exists, so that its controller serves it.',
  answers: ['IngressClassNotFound'],
  target: ingressRef,
  command: ({ namespace, ingress, ingressClass }) => setClass(namespace, ingress, ingressClass),
  touches: (parameters) => [ingressRef(parameters)],
  verification: (parameters) => ({ type: 'exists', target: ingressRef(parameters) }),
  undo: (parameters, before) => {
    const { namespace, ingress, ingressClass } = parameters;
    const object = objectBefore(before, ingressRef(parameters));
    const old: string | undefined = object?.spec?.ingressClassName;
    if (object === undefined || old === ingressClass) return undefined;
    return {
      argv: setClass(namespace, ingress, old ?? null),
      summary:
        old === undefined
          ? `Takes the class of Ingress ${ingress} away, which had none.`
          : `Sets the class of Ingress ${ingress} back to ${old}.`,
    };
  },
};
