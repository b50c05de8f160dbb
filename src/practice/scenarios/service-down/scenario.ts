/** 5: somebody edited the selector of a Service; its pods are healthy, but it selects none of them. */
import { services } from '../../objects.ts';
import { workload } from '../workload.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { hasEndpoints, isHealthy, isRolledOut } from '../state.ts';

const name = 'payments';

export const scenario: Scenario = {
  number: 5,
  name: 'service-down',
  title: 'nothing answers behind the payments service',
  difficulty: 'easy',
  teaches: 'Follows a Service to its pods by its selector when every pod is healthy.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-payments:5.2.1',
        replicas: 2,
        cause: 'release 12: payments 5.2.1',
      },
      namespace,
    ),
  breakage: [patch(services, name, { spec: { selector: { app: 'payments-api' } } }, 'merge')],
  symptom: (state) => isRolledOut(state) && state.endpoints !== undefined && !hasEndpoints(state),
  alarm: ({ namespace }) => ({
    name: 'ServiceWithoutEndpoints',
    severity: 'critical',
    summary: 'Requests to the service fail: connection refused.',
    namespace,
    labels: { service: name },
  }),
  tool: 'grafana',
  rootCause: { target: { kind: 'Service', name }, findings: ['NoEndpoints'] },
  fixes: [
    {
      says: 'Let the Service select the pods that there are',
      command: /^kubectl (set selector|patch) service[ /]payments\b/,
      deeds: [patch(services, name, { spec: { selector: { app: name } } }, 'merge')],
    },
  ],
  solved: isHealthy,
  settleSeconds: 20,
};
