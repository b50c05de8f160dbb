/** 5: somebody edited the selector of a Service; its pods are healthy, but it selects none of them. */
import { services } from '../objects.ts';
import type { KubeObject, Resource } from '../objects.ts';
import { workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { hasEndpoints, isHealthy, isRolledOut } from './state.ts';

const name = 'payments';

export const serviceDown: Scenario = {
  number: 5,
  name: 'service-down',
  title: 'nothing answers behind the payments service',
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
  breakage: [
    {
      resource: services as Resource<KubeObject>,
      name,
      type: 'merge',
      patch: { spec: { selector: { app: 'payments-api' } } },
    },
  ],
  symptom: (state) => isRolledOut(state) && state.endpoints !== undefined && !hasEndpoints(state),
  alert: ({ namespace }) => ({
    summary: `Service ${namespace}/${name} has no endpoints`,
    source: 'grafana',
    severity: 'critical',
    component: name,
    group: namespace,
    class: 'availability',
    custom_details: {
      status: 'firing',
      labels: { alertname: 'ServiceWithoutEndpoints', namespace, service: name, cluster: 'practice' },
      annotations: { summary: 'Requests to the service fail: connection refused.' },
      values: { available: 0 },
    },
  }),
  solved: isHealthy,
};
