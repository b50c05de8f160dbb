/** Gives a Service the labels of the pods that it should send traffic to. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { objectBefore } from './workload.ts';

type Labels = Readonly<Record<string, string>>;

const serviceRef = (parameters: { namespace: string; service: string }): ObjectRef => ({
  kind: 'Service',
  namespace: parameters.namespace,
  name: parameters.service,
});

const sameLabels = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);

/** In the order of their keys, so that the same selector is always the same command. */
const expression = (selector: Labels): string =>
  Object.entries(selector)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

export const fixServiceSelector: Action<'fix_service_selector'> = {
  name: 'fix_service_selector',
  description: 'Sets the selector of a Service, so that it finds its pods.',
  answers: ['NoEndpoints'],
  target: serviceRef,
  // `set selector` replaces the whole selector: keys that are not named are gone afterwards.
  command: ({ namespace, service, selector }) => [
    'kubectl',
    'set',
    'selector',
    `service/${service}`,
    expression(selector),
    '-n',
    namespace,
  ],
  touches: (parameters) => [serviceRef(parameters)],
  verification: (parameters) => ({ type: 'endpoints', target: serviceRef(parameters) }),
  undo: (parameters, before) => {
    const service = objectBefore(before, serviceRef(parameters));
    if (service === undefined) return undefined;
    const old: Labels = service.spec?.selector ?? {};
    if (sameLabels(old, parameters.selector)) return undefined;
    // A merge patch that removes what was added and puts back the rest also restores a Service without any selector.
    const added = Object.keys(parameters.selector).filter((key) => !Object.hasOwn(old, key));
    const selector = { ...Object.fromEntries(added.map((key) => [key, null])), ...old };
    return {
      argv: [
        'kubectl',
        'patch',
        `service/${parameters.service}`,
        '--type=merge',
        '-p',
        JSON.stringify({ spec: { selector } }),
        '-n',
        parameters.namespace,
      ],
      summary:
        expression(old) === ''
          ? `Removes the selector of Service ${parameters.service}, which had none.`
          : `Sets the selector of Service ${parameters.service} back to ${expression(old)}.`,
    };
  },
};
