/**
 * 24: an edit of the Ingress misspelt its class; no controller has a class of that name, so none serves the Ingress any more.
 * The class that it had belongs to no controller either: on a cluster with real ones, none is to take the rehearsal's Ingress on.
 */
import { ingressClasses, ingresses } from '../../api-groups.ts';
import type { Ingress } from '../../api-groups.ts';
import { workload } from '../workload.ts';
import { manifest, patch } from '../scenario.ts';
import type { Deed, Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';
import type { State } from '../state.ts';

const name = 'storefront';
const host = 'storefront.example.com';
const className = 'oncall-practice-nginx';

export const scenario: Scenario = {
  number: 24,
  name: 'ingress-class',
  title: 'the storefront cannot be reached from outside',
  difficulty: 'medium',
  teaches: 'Looks at who serves an Ingress when everything behind it is healthy: its class does not exist.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => [
    manifest(ingressClasses, {
      metadata: { name: className, labels: { 'app.kubernetes.io/part-of': 'shop' } },
      spec: { controller: 'oncall-practice.example.com/ingress' },
    }),
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-storefront:2.2.0',
        replicas: 2,
        cause: 'release 88: storefront 2.2.0',
      },
      namespace,
    ),
    manifest(ingresses, {
      metadata: { name, namespace, labels: { app: name, 'app.kubernetes.io/part-of': 'shop' } },
      spec: {
        ingressClassName: className,
        rules: [
          {
            host,
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } },
              ],
            },
          },
        ],
      },
    }),
  ],
  breakage: [setClass('oncall-practice-ngnix')],
  symptom: (state) => isHealthy(state) && ingressOf(state) !== undefined && !classExists(state),
  alarm: ({ namespace }) => ({
    name: 'ProbeFailed',
    severity: 'critical',
    summary: `The probe of http://${host}/ fails.`,
    namespace,
    labels: { ingress: name, instance: `http://${host}/`, job: 'blackbox' },
  }),
  tool: 'alertmanager',
  rootCause: { target: { kind: 'Ingress', name }, findings: ['IngressClassNotFound'] },
  fixes: [
    {
      says: 'Name the class that exists',
      command: /^kubectl patch ingress[ /]storefront\b/,
      deeds: [setClass(className)],
    },
  ],
  wrong: [{ says: 'Take the class away', deeds: [setClass(null)] }],
  solved: (state) =>
    isHealthy(state) &&
    classExists(state) &&
    ingressOf(state)?.spec.rules?.some((rule) =>
      rule.http.paths.some(({ backend }) => backend.service.name === name),
    ) === true,
  settleSeconds: 20,
};

function setClass(ingressClassName: string | null): Deed {
  return patch(ingresses, name, { spec: { ingressClassName } }, 'merge');
}

function ingressOf(state: State): Ingress | undefined {
  return state.all(ingresses).find(({ metadata }) => metadata.name === name);
}

function classExists(state: State): boolean {
  const wanted = ingressOf(state)?.spec.ingressClassName;
  return state.all(ingressClasses).some(({ metadata }) => metadata.name === wanted);
}
