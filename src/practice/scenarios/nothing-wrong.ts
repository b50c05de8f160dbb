/** 27: the alert fired, and by the time anybody looks the workload is healthy again. The right remedy is none. */
import { workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { isHealthy } from './state.ts';

const name = 'search';

export const nothingWrong: Scenario = {
  number: 27,
  name: 'nothing-wrong',
  title: 'an alert about search, which is healthy again',
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-search:4.0.3',
        replicas: 2,
        cause: 'release 3: search 4.0.3',
      },
      namespace,
    ),
  breakage: [],
  symptom: isHealthy,
  alert: ({ namespace }) => ({
    summary: `[FIRING:1] KubeDeploymentReplicasMismatch ${name} (${namespace})`,
    source: 'prometheus',
    severity: 'warning',
    component: name,
    group: namespace,
    class: 'KubeDeploymentReplicasMismatch',
    custom_details: {
      alertname: 'KubeDeploymentReplicasMismatch',
      namespace,
      deployment: name,
      severity: 'warning',
      cluster: 'practice',
    },
  }),
  solved: isHealthy,
};
