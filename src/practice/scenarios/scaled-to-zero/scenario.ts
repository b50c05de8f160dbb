/**
 * 7: somebody scaled the workload to zero, for the night or for a migration, and never scaled it up again.
 * How many replicas it had is in the Deployment's events: the ReplicaSet was scaled down from that number, and up to it before.
 */
import { deployments } from '../../objects.ts';
import { workload } from '../workload.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { hasEndpoints, isHealthy } from '../state.ts';

const name = 'inventory';
const replicas = 3;

export const scenario: Scenario = {
  number: 7,
  name: 'scaled-to-zero',
  title: 'nothing answers at inventory, and no pod of it is to be found',
  difficulty: 'easy',
  teaches:
    'Finds out how many replicas a workload had before it was scaled to zero, and goes back to that number.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-inventory:3.0.5',
        replicas,
        cause: 'release 22: inventory 3.0.5',
      },
      namespace,
    ),
  breakage: [scaleTo(0)],
  symptom: (state) =>
    state.deployment?.spec.replicas === 0 &&
    state.pods.length === 0 &&
    state.endpoints !== undefined &&
    !hasEndpoints(state),
  alarm: ({ namespace }) => ({
    name: 'ServiceWithoutEndpoints',
    severity: 'critical',
    summary: 'Nothing answers behind the service.',
    namespace,
    labels: { service: name },
  }),
  tool: 'title',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['ScaledToZero'] },
  fixes: [
    {
      says: 'Scale up to the number of replicas that there were',
      command: /^kubectl scale deployment\/inventory .*--replicas=3\b/,
      deeds: [scaleTo(replicas)],
    },
  ],
  wrong: [{ says: 'Scale up to fewer replicas than there were', deeds: [scaleTo(1)] }],
  solved: (state) => isHealthy(state) && state.deployment?.spec.replicas === replicas,
  settleSeconds: 20,
};

function scaleTo(count: number) {
  return patch(deployments, name, { spec: { replicas: count } }, 'merge');
}
