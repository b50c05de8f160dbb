/** 1: a rollout set a database URL that the application does not understand; it exits at once, again and again. */
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { application, isHealthy, podsWaiting, variable } from '../state.ts';

const name = 'checkout';
const databaseUrl = 'postgres://checkout-db.shop:5432/checkout';

export const scenario: Scenario = {
  number: 1,
  name: 'crashloop',
  title: 'checkout restarts again and again after a rollout',
  difficulty: 'easy',
  teaches: 'Reads the log of the container that ended and goes back to the revision before the bad one.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-checkout:1.4.2',
        replicas: 2,
        environment: { DATABASE_URL: databaseUrl },
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
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentCrashLooping',
    severity: 'critical',
    summary: 'Containers of the deployment restart again and again.',
    namespace,
    labels: { deployment: name, container: containerName },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['CrashLoopBackOff'] },
  fixes: [
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/checkout\b/,
      deeds: [putBack(name, { env: [{ name: 'DATABASE_URL', value: databaseUrl }] })],
    },
  ],
  wrong: [
    {
      says: 'Take the variable away',
      deeds: [putBack(name, { env: [{ name: 'DATABASE_URL', $patch: 'delete' }] })],
    },
  ],
  solved: (state) =>
    isHealthy(state) && (variable(application(state), 'DATABASE_URL') ?? '').startsWith('postgres://'),
  settleSeconds: 20,
};
