/** 17: a rollout added an init container whose program is misspelt; it cannot be started, and the pods never begin. */
import { workload } from '../workload.ts';
import { entrypoint } from '../../app.ts';
import { deployments } from '../../objects.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';
import type { State } from '../state.ts';

const name = 'accounts';
const image = 'docker.io/library/shop-accounts:8.0.1';
const initName = 'migrate';
const misspelt = '/entrypiont';

export const scenario: Scenario = {
  number: 17,
  name: 'init-container',
  title: 'new pods of accounts never get beyond their start',
  difficulty: 'medium',
  teaches: 'Looks at the init containers of a pod that does not begin, before its application.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload({ name, image, replicas: 2, cause: 'release 77: accounts 8.0.1' }, namespace),
  breakage: [
    patch(deployments, name, {
      metadata: { annotations: { 'kubernetes.io/change-cause': 'release 78: migrate before the start' } },
      ...initContainers([
        { name: initName, image, imagePullPolicy: 'IfNotPresent', command: [misspelt, 'migrate'] },
      ]),
    }),
  ],
  symptom: (state) =>
    state.pods.some(({ status }) =>
      (status?.initContainerStatuses ?? []).some(
        ({ state: { waiting } }) => waiting?.reason === 'CrashLoopBackOff',
      ),
    ),
  alarm: (state) => ({
    name: 'KubePodNotReady',
    severity: 'warning',
    summary: 'A pod has not been ready for a long time.',
    namespace: state.namespace,
    labels: { pod: stuckPod(state), container: initName },
  }),
  tool: 'datadog',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['CrashLoopBackOff', 'StartError'] },
  fixes: [
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/accounts\b/,
      deeds: [patch(deployments, name, initContainers(null))],
    },
    {
      says: 'Spell the program as the image does',
      command: /^kubectl patch deployment[ /]accounts\b.*initContainers/,
      deeds: [
        patch(deployments, name, initContainers([{ name: initName, command: [entrypoint, 'migrate'] }])),
      ],
    },
  ],
  wrong: [
    {
      says: 'Restart the rollout',
      deeds: [
        patch(deployments, name, {
          spec: {
            template: {
              metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } },
            },
          },
        }),
      ],
    },
    {
      says: 'Keep the pods that still run, and no more',
      deeds: [patch(deployments, name, { spec: { replicas: 1 } })],
    },
  ],
  solved: (state) => isHealthy(state) && state.deployment?.spec.replicas === 2,
  settleSeconds: 20,
};

function initContainers(all: readonly object[] | null): object {
  return { spec: { template: { spec: { initContainers: all } } } };
}

function stuckPod({ pods }: State): string {
  const stuck = pods.find(({ status }) => status?.phase === 'Pending');
  return stuck?.metadata.name ?? name;
}
