/**
 * 10: no two pods of the workload may share a machine, and somebody asked for more pods than there are machines. The rest stay Pending.
 * How many machines there are is not this scenario's to know: it asks for more than any cluster for tests has, and one pod always fits.
 */
import { deployments } from '../../objects.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { podsUnschedulable } from '../pending.ts';
import { isHealthy } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'ratings';
const many = 12;

const term = { labelSelector: { matchLabels: { app: name } }, topologyKey: 'kubernetes.io/hostname' };

export const scenario: Scenario = {
  number: 10,
  name: 'anti-affinity',
  title: 'ratings was scaled up for the weekend, and most of its pods wait',
  difficulty: 'medium',
  teaches:
    'Sees that pods keep each other away, and weighs fewer replicas against a rule that prefers instead of demands.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-ratings:1.1.9',
        replicas: 1,
        // All at once: where every machine holds an old pod that tolerates no other, a new one could never start beside it.
        maxUnavailable: many,
        pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
        cause: 'release 12: ratings 1.1.9',
      },
      namespace,
    ),
  breakage: [patch(deployments, name, { spec: { replicas: many } })],
  symptom: (state) => podsUnschedulable(state, /anti-affinity rules/).length > 0,
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'warning',
    summary: 'The deployment has not matched its number of replicas for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'datadog',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['FailedScheduling'] },
  fixes: [
    {
      says: 'Ask for no more pods than there are machines',
      command: /^kubectl scale deployment\/ratings .*--replicas=[1-9]\d*\b/,
      deeds: [patch(deployments, name, { spec: { replicas: 1 } })],
    },
    {
      says: 'Let the pods keep away from each other where they can, instead of always',
      command: /^kubectl patch deployment[/ ]ratings .*preferredDuringSchedulingIgnoredDuringExecution/,
      deeds: [
        patch(deployments, name, {
          spec: {
            template: {
              spec: {
                affinity: {
                  podAntiAffinity: {
                    requiredDuringSchedulingIgnoredDuringExecution: null,
                    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
                  },
                },
              },
            },
          },
        }),
      ],
    },
  ],
  wrong: [
    { says: 'Ask for no pods at all', deeds: [patch(deployments, name, { spec: { replicas: 0 } })] },
    {
      says: 'Ask for fewer, and still too many',
      deeds: [patch(deployments, name, { spec: { replicas: many - 1 } })],
    },
  ],
  solved: isHealthy,
  settleSeconds: 20,
};
