/** 27: the alert fired, and by the time anybody looks the workload is healthy again. The right remedy is none. */
import { workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';

const name = 'search';

export const scenario: Scenario = {
  number: 27,
  name: 'nothing-wrong',
  title: 'an alert about search, which is healthy again',
  difficulty: 'medium',
  teaches: 'Leaves alone what is healthy again.',
  needs: [],
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
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'warning',
    summary: 'The deployment has not matched its number of replicas for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: [] },
  fixes: [],
  solved: isHealthy,
  settleSeconds: 20,
};
