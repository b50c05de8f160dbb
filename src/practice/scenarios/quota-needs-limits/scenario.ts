/**
 * 14: the namespace got a quota on CPU limits, and the workload's containers have none: not one new pod can be made.
 * Going back does not help: no release before had a limit. The quota holds for a whole namespace, so the team has one of its own.
 */
import { quotas } from '../../api-groups.ts';
import { deployments } from '../../objects.ts';
import { manifest, patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { cannotMakePods } from '../pending.ts';
import { application, isHealthy } from '../state.ts';
import { putBack, rollOut, workload } from '../workload.ts';

const name = 'tracking';
const quota = 'cpu-budget';

export const scenario: Scenario = {
  number: 14,
  name: 'quota-needs-limits',
  title: 'a rollout of tracking makes no pods at all',
  difficulty: 'medium',
  teaches:
    'Reads what the API server refuses a pod for, and gives the containers the limit that is asked of them.',
  needs: [],
  namespace: 'shop-tracking',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-tracking:2.0.7',
        replicas: 2,
        cause: 'release 89: tracking 2.0.7',
      },
      namespace,
    ),
  breakage: [
    {
      deed: 'create',
      manifest: (namespace) =>
        manifest(quotas, { metadata: { name: quota, namespace }, spec: { hard: { 'limits.cpu': '4' } } }),
    },
    { ...rollOut(name, 'release 90: tracking with tracing', {}, { tracing: 'on' }), afterSeconds: 2 },
  ],
  symptom: (state) => cannotMakePods(state, /must specify limits\.cpu/),
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentRolloutStuck',
    severity: 'warning',
    summary: 'The rollout of the deployment makes no progress.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'text',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['FailedCreate'] },
  fixes: [
    {
      says: 'Give the containers a CPU limit',
      command: /^kubectl set resources deployment\/tracking .*--limits=\S*\bcpu=/,
      deeds: [putBack(name, { resources: { limits: { cpu: '200m' } } })],
    },
  ],
  wrong: [
    { says: 'Take the quota away', deeds: [{ deed: 'delete', resource: quotas, name: quota }] },
    {
      says: 'Go back to the release before',
      deeds: [
        patch(deployments, name, { spec: { template: { metadata: { annotations: { tracing: null } } } } }),
      ],
    },
  ],
  solved: (state) =>
    isHealthy(state) &&
    application(state)?.resources?.limits?.['cpu'] !== undefined &&
    state.all(quotas).some(({ metadata }) => metadata.name === quota),
  settleSeconds: 20,
};
