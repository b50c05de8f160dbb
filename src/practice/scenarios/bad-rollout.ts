/** 4: a rollout moves the application to another port than the one its probe asks; half of the pods never get ready. */
import { conditionOf } from '../conditions.ts';
import { containerName, rollOut, workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { application, isHealthy } from './state.ts';

const name = 'cart';

export const badRollout: Scenario = {
  number: 4,
  name: 'bad-rollout',
  title: 'the rollout of cart is stuck half way',
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
  alert: ({ namespace }) => ({
    summary: `[FIRING:1] KubeDeploymentRolloutStuck (${namespace} ${name})`,
    source: 'alertmanager',
    severity: 'warning',
    component: name,
    group: namespace,
    class: 'KubeDeploymentRolloutStuck',
    custom_details: {
      num_firing: '1',
      num_resolved: '0',
      firing: [
        'Labels:',
        ' - alertname = KubeDeploymentRolloutStuck',
        ' - cluster = practice',
        ' - condition = Progressing',
        ` - deployment = ${name}`,
        ` - namespace = ${namespace}`,
        ' - severity = warning',
        ' - status = false',
        'Annotations:',
        ` - description = Rollout of deployment ${namespace}/${name} is not progressing for longer than 15 minutes.`,
        'Source: http://prometheus.monitoring/graph',
        '',
      ].join('\n'),
      resolved: '',
    },
  }),
  solved: (state) => {
    const container = application(state);
    return (
      isHealthy(state) && container?.name === containerName && container.readinessProbe?.httpGet !== undefined
    );
  },
};
