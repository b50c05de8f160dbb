/** 2: a rollout names an image tag that does not exist. */
import { containerName, rollOut, workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { isHealthy, podsWaiting } from './state.ts';

const name = 'catalog';

export const imagePull: Scenario = {
  number: 2,
  name: 'image-pull',
  title: 'catalog cannot pull its image',
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-catalog:2.0.0',
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
  alert: (state) => ({
    summary: `[FIRING:1] KubeContainerWaiting (${state.namespace})`,
    source: 'prometheus',
    severity: 'error',
    component: name,
    group: state.namespace,
    class: 'KubeContainerWaiting',
    custom_details: {
      alertname: 'KubeContainerWaiting',
      namespace: state.namespace,
      pod: podsWaiting(state, 'ImagePullBackOff', 'ErrImagePull')[0]?.metadata.name,
      container: containerName,
      reason: 'ImagePullBackOff',
      severity: 'warning',
      cluster: 'practice',
    },
  }),
  solved: isHealthy,
};
