/**
 * 13: somebody scaled the workload beyond what its team may have: the ReplicaSet cannot make the pods that are missing.
 * The quota holds for a whole namespace, so the team has one of its own.
 */
import { quotas } from '../../api-groups.ts';
import { deployments } from '../../objects.ts';
import { manifest, patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { cannotMakePods } from '../pending.ts';
import { isHealthy } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'fulfilment';
const quota = 'team-quota';
const allowed = 3;

export const scenario: Scenario = {
  number: 13,
  name: 'quota-exceeded',
  title: 'fulfilment has fewer pods than it was scaled to, and none is in trouble',
  difficulty: 'medium',
  teaches: 'Looks for pods that do not even exist, and finds the quota that does not let them.',
  needs: [],
  namespace: 'shop-fulfilment',
  workload: name,
  healthy: (namespace) => [
    manifest(quotas, { metadata: { name: quota, namespace }, spec: { hard: { pods: String(allowed) } } }),
    ...workload(
      {
        name,
        image: 'docker.io/library/shop-fulfilment:4.3.0',
        replicas: 2,
        cause: 'release 204: fulfilment 4.3.0',
      },
      namespace,
    ),
  ],
  breakage: [scaleTo(6)],
  symptom: (state) => cannotMakePods(state, /exceeded quota/),
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'warning',
    summary: 'The deployment has not matched its number of replicas for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'alertmanager',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['FailedCreate'] },
  fixes: [
    {
      says: 'Ask for as many pods as the quota lets in',
      command: /^kubectl scale deployment\/fulfilment .*--replicas=[1-3]\b/,
      deeds: [scaleTo(allowed)],
    },
    {
      says: 'Raise the quota',
      command: /^kubectl patch (resourcequota|quota)[/ ]team-quota\b/,
      deeds: [patch(quotas, quota, { spec: { hard: { pods: '10' } } })],
    },
  ],
  wrong: [
    { says: 'Take the quota away', deeds: [{ deed: 'delete', resource: quotas, name: quota }] },
    { says: 'Ask for no pods at all', deeds: [scaleTo(0)] },
  ],
  solved: (state) => isHealthy(state) && state.all(quotas).some(({ metadata }) => metadata.name === quota),
  settleSeconds: 20,
};

function scaleTo(count: number) {
  return patch(deployments, name, { spec: { replicas: count } });
}
