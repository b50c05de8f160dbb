/** 1: a rollout set a database URL that the application does not understand; it exits at once, again and again. */
import { containerName, rollOut, workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { application, isHealthy, podsWaiting, variable } from './state.ts';

const name = 'checkout';

export const crashloop: Scenario = {
  number: 1,
  name: 'crashloop',
  title: 'checkout restarts again and again after a rollout',
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-checkout:1.4.2',
        replicas: 2,
        environment: { DATABASE_URL: 'postgres://checkout-db.shop:5432/checkout' },
        cause: 'release 118: checkout 1.4.2',
      },
      namespace,
    ),
  breakage: [
    rollOut(name, 'release 119: checkout moves to the new database', {
      env: [{ name: 'DATABASE_URL', value: 'mysql://checkout-db.shop:3306/checkout' }],
    }),
  ],
  symptom: (state) => podsWaiting(state, 'CrashLoopBackOff').length > 0,
  alert: ({ namespace }) => ({
    summary: `[FIRING:1] KubeDeploymentCrashLooping ${name} (${namespace})`,
    source: 'prometheus',
    severity: 'critical',
    component: name,
    group: namespace,
    class: 'KubeDeploymentCrashLooping',
    custom_details: {
      alertname: 'KubeDeploymentCrashLooping',
      namespace,
      deployment: name,
      container: containerName,
      severity: 'critical',
      cluster: 'practice',
      summary: 'Containers of the deployment restart again and again.',
    },
  }),
  solved: (state) =>
    isHealthy(state) && (variable(application(state), 'DATABASE_URL') ?? '').startsWith('postgres://'),
};
