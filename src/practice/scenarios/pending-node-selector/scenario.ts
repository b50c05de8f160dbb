/** 9: a rollout wants machines with a label that no machine has; the new pods stay Pending. */
import { deployments } from '../../objects.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { podsUnschedulable } from '../pending.ts';
import { isHealthy } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'stock';

export const scenario: Scenario = {
  number: 9,
  name: 'pending-node-selector',
  title: 'stock is stuck halfway through its rollout',
  difficulty: 'medium',
  teaches:
    'Compares what a pod asks of its machine with what the machines are, and takes back a wish that none can meet.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-stock:2.6.1',
        replicas: 2,
        cause: 'release 33: stock 2.6.1',
      },
      namespace,
    ),
  breakage: [
    patch(deployments, name, {
      metadata: { annotations: { 'kubernetes.io/change-cause': 'release 34: stock on fast disks' } },
      spec: { template: { spec: { nodeSelector: { disktype: 'nvme' } } } },
    }),
  ],
  // Kubernetes 1.20 says `didn't match Pod's node affinity`, later ones `didn't match Pod's node affinity/selector`.
  symptom: (state) => podsUnschedulable(state, /didn't match Pod's node affinity/).length > 0,
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentRolloutStuck',
    severity: 'warning',
    summary: 'The rollout of the deployment makes no progress.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'grafana',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['FailedScheduling'] },
  fixes: [
    {
      says: 'Let the pods run on any machine again',
      command:
        /^kubectl (rollout undo deployment\/stock\b|patch deployment[/ ]stock .*nodeSelector|label nodes? .*disktype=nvme)/,
      deeds: [patch(deployments, name, { spec: { template: { spec: { nodeSelector: null } } } })],
    },
  ],
  wrong: [
    {
      says: 'Ask for more pods of the same kind',
      deeds: [patch(deployments, name, { spec: { replicas: 4 } })],
    },
    { says: 'Ask for no pods at all', deeds: [patch(deployments, name, { spec: { replicas: 0 } })] },
  ],
  solved: isHealthy,
  settleSeconds: 20,
};
