/**
 * 3: the cache was enlarged and needs more memory than the limit allows; the kernel kills the container each time it fills.
 * Its size comes from a ConfigMap, so that going back to the previous revision does not help: the limit has to be raised.
 */
import { quantity } from '../../quantity.ts';
import { configMaps } from '../../objects.ts';
import { configurationOf, containerName, putBack, rollOut, workload } from '../workload.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { application, containerStatuses, isHealthy, podsWaiting } from '../state.ts';

const name = 'recommendations';
const limit = '128Mi';

export const scenario: Scenario = {
  number: 3,
  name: 'oom-kill',
  title: 'recommendations is killed for memory',
  difficulty: 'medium',
  teaches:
    'Tells a kill for memory from a crash of the application, and raises the limit instead of taking it away.',
  needs: [],
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
    patch(configMaps, configurationOf(name), { data: { CACHE_MB: '180' } }, 'merge'),
    rollOut(name, 'release 8: configuration of the holiday season', {}, { 'checksum/config': '9f2c41d7' }),
  ],
  symptom: (state) =>
    podsWaiting(state, 'CrashLoopBackOff').length > 0 &&
    containerStatuses(state).some(({ lastState }) => lastState.terminated?.reason === 'OOMKilled'),
  alarm: ({ namespace }) => ({
    name: 'ContainersKilledForMemory',
    severity: 'critical',
    summary: 'Containers are killed for memory.',
    namespace,
    labels: { deployment: name, container: containerName },
  }),
  tool: 'datadog',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['OOMKilled'] },
  fixes: [
    {
      says: 'Raise the memory limit above what the cache needs',
      command: /^kubectl set resources deployment\/recommendations .*--limits=memory=/,
      deeds: [putBack(name, { resources: { limits: { memory: '256Mi' } } })],
    },
  ],
  wrong: [
    { says: 'Take the limit away', deeds: [putBack(name, { resources: { limits: { memory: null } } })] },
  ],
  solved: (state) => {
    const raised = quantity(application(state)?.resources?.limits?.['memory']) ?? 0;
    return isHealthy(state) && raised > (quantity(limit) ?? 0);
  },
  settleSeconds: 20,
};
