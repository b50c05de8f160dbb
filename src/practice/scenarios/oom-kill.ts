/**
 * 3: the cache was enlarged and needs more memory than the limit allows; the kernel kills the container each time it fills.
 * Its size comes from a ConfigMap, so that going back to the previous revision does not help: the limit has to be raised.
 */
import { quantity } from '../quantity.ts';
import { configMaps } from '../objects.ts';
import type { KubeObject, Resource } from '../objects.ts';
import { configurationOf, rollOut, workload } from './workload.ts';
import type { Scenario } from './scenario.ts';
import { application, containerStatuses, isHealthy, podsWaiting } from './state.ts';

const name = 'recommendations';
const limit = '128Mi';

export const oomKill: Scenario = {
  number: 3,
  name: 'oom-kill',
  title: 'recommendations is killed for memory',
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-recommendations:3.1.0',
        replicas: 2,
        configuration: { CACHE_MB: '64' },
        cause: 'release 7: recommendations 3.1.0',
        memory: { request: '64Mi', limit },
      },
      namespace,
    ),
  breakage: [
    {
      resource: configMaps as Resource<KubeObject>,
      name: configurationOf(name),
      type: 'merge',
      patch: { data: { CACHE_MB: '180' } },
    },
    rollOut(name, 'release 8: configuration of the holiday season', {}, { 'checksum/config': '9f2c41d7' }),
  ],
  symptom: (state) =>
    podsWaiting(state, 'CrashLoopBackOff').length > 0 &&
    containerStatuses(state).some(({ lastState }) => lastState.terminated?.reason === 'OOMKilled'),
  alert: (state) => ({
    summary: `OOM kills on kube_deployment:${name} in kube_namespace:${state.namespace}`,
    source: 'datadog',
    severity: 'critical',
    component: name,
    group: state.namespace,
    class: 'oom',
    custom_details: {
      title: 'Containers are killed for memory',
      query: 'sum(last_5m):sum:kubernetes.containers.last_state.terminated{reason:oomkilled} > 1',
      tags: [
        'cluster_name:practice',
        `kube_namespace:${state.namespace}`,
        `kube_deployment:${name}`,
        'kube_container_name:app',
        'env:production',
      ],
    },
  }),
  solved: (state) => {
    const raised = quantity(application(state)?.resources?.limits?.['memory']) ?? 0;
    return isHealthy(state) && raised > (quantity(limit) ?? 0);
  },
};
