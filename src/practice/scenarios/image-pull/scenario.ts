/** 2: a rollout names an image tag that does not exist. */
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy, podsWaiting } from '../state.ts';

const name = 'catalog';
const image = 'docker.io/library/shop-catalog:2.0.0';

export const scenario: Scenario = {
  number: 2,
  name: 'image-pull',
  title: 'catalog cannot pull its image',
  difficulty: 'easy',
  teaches: 'Finds a tag that does not exist from what the kubelet says of the pull.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image,
        replicas: 2,
        cause: 'release 42: catalog 2.0.0',
      },
      namespace,
    ),
  breakage: [
    rollOut(name, 'release 43: catalog 2.0.1', { image: 'docker.io/library/shop-catalog:2.0.1-typo' }),
  ],
  symptom: (state) => podsWaiting(state, 'ImagePullBackOff').length > 0,
  // This tool knows the pod, not the Deployment: who looks into it has to find the owner.
  alarm: (state) => ({
    name: 'KubeContainerWaiting',
    severity: 'error',
    summary: 'A container has been waiting for longer than an hour.',
    namespace: state.namespace,
    labels: {
      pod: podsWaiting(state, 'ImagePullBackOff', 'ErrImagePull')[0]?.metadata.name ?? '',
      container: containerName,
      reason: 'ImagePullBackOff',
    },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['ImagePullBackOff'] },
  fixes: [
    {
      says: 'Go back to the release before, or set the image to the last good tag',
      command:
        /^kubectl (rollout undo deployment\/catalog\b|set image deployment\/catalog .*shop-catalog:2\.0\.0)/,
      deeds: [putBack(name, { image })],
    },
  ],
  solved: isHealthy,
  settleSeconds: 20,
};
