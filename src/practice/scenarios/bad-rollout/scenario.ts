/** 4: a rollout moves the application to another port than the one its probe asks; half of the pods never get ready. */
import { conditionOf } from '../../conditions.ts';
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { application, isHealthy } from '../state.ts';

const name = 'cart';

export const scenario: Scenario = {
  number: 4,
  name: 'bad-rollout',
  title: 'the rollout of cart is stuck half way',
  difficulty: 'medium',
  teaches: 'Sees half a rollout behind a workload that still answers, and a probe that is right to fail.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-cart:1.9.0',
        replicas: 4,
        environment: { PORT: '8080' },
        cause: 'release 30: cart 1.9.0',
        maxSurge: 0,
        maxUnavailable: 2,
        progressDeadlineSeconds: 15,
      },
      namespace,
    ),
  breakage: [rollOut(name, 'release 31: cart listens on 9090', { env: [{ name: 'PORT', value: '9090' }] })],
  symptom: ({ deployment }) =>
    conditionOf(deployment?.status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded' &&
    deployment?.status?.updatedReplicas === 2 &&
    deployment.status.observedGeneration === deployment.metadata.generation,
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentRolloutStuck',
    severity: 'warning',
    summary: 'The rollout of the deployment is not progressing.',
    namespace,
    labels: { deployment: name, condition: 'Progressing', status: 'false' },
  }),
  tool: 'alertmanager',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['RolloutStuck'] },
  fixes: [
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/cart\b/,
      deeds: [putBack(name, { env: [{ name: 'PORT', value: '8080' }] })],
    },
  ],
  wrong: [{ says: 'Take the probe away', deeds: [putBack(name, { readinessProbe: null })] }],
  solved: (state) => {
    const container = application(state);
    return (
      isHealthy(state) && container?.name === containerName && container.readinessProbe?.httpGet !== undefined
    );
  },
  settleSeconds: 20,
};
