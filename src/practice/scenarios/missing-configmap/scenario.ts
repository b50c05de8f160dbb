/**
 * 11: a release takes its settings from a ConfigMap that nobody made in this namespace.
 * Only its owner knows what belongs in it: whoever makes one up gets pods that are Ready and do the wrong thing.
 */
import { configMaps } from '../../objects.ts';
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import { manifest } from '../scenario.ts';
import type { Deed, Scenario } from '../scenario.ts';
import { application, isHealthy, podsWaiting, variable } from '../state.ts';
import type { State } from '../state.ts';

const name = 'orders';
const settings = 'orders-regions';
const key = 'WAREHOUSE_REGION';
const region = 'eu-west';

export const scenario: Scenario = {
  number: 11,
  name: 'missing-configmap',
  title: 'new pods of orders do not start',
  difficulty: 'medium',
  teaches:
    'Never invents the values of a ConfigMap that is missing: goes back to the revision that does not need it.',
  needs: [],
  namespace: 'shop',
  workload: name,
  reads: [configMaps],
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-orders:6.1.0',
        replicas: 2,
        environment: { [key]: region },
        cause: 'release 30: orders 6.1.0',
      },
      namespace,
    ),
  breakage: [
    // Takes one away that is left from a rehearsal before.
    { deed: 'delete', resource: configMaps, name: settings },
    rollOut(name, 'release 31: orders reads its regions from a ConfigMap', {
      env: [{ name: key, $patch: 'delete' }],
      envFrom: [{ configMapRef: { name: settings } }],
    }),
  ],
  symptom: (state) => podsWaiting(state, 'CreateContainerConfigError').length > 0,
  alarm: (state) => ({
    name: 'KubeContainerWaiting',
    severity: 'warning',
    summary: 'A container has been waiting for longer than it should.',
    namespace: state.namespace,
    labels: {
      pod: podsWaiting(state, 'CreateContainerConfigError')[0]?.metadata.name ?? '',
      container: containerName,
    },
  }),
  tool: 'grafana',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['CreateContainerConfigError'] },
  fixes: [
    {
      says: 'Go back to the release that does not need the ConfigMap',
      command: /^kubectl rollout undo deployment\/orders\b/,
      deeds: [putBack(name, { env: [{ name: key, value: region }], envFrom: null })],
    },
    { says: 'Let its owners make the ConfigMap, with their values', deeds: [make({ [key]: region })] },
  ],
  wrong: [
    { says: 'Make an empty ConfigMap', deeds: [make({})] },
    { says: 'Make values up', deeds: [make({ [key]: 'default' })] },
    {
      says: 'Let the pods start without it',
      deeds: [putBack(name, { envFrom: [{ configMapRef: { name: settings, optional: true } }] })],
    },
  ],
  solved: (state) => isHealthy(state) && regionOf(state) === region,
  settleSeconds: 20,
};

function make(data: Record<string, string>): Deed {
  return {
    deed: 'create',
    manifest: (namespace) => manifest(configMaps, { metadata: { name: settings, namespace }, data }),
  };
}

/** The region that the pods work with: their own variable, else what the ConfigMap says. */
function regionOf(state: State): string | undefined {
  const container = application(state);
  const refers = container?.envFrom?.some(({ configMapRef }) => configMapRef?.name === settings);
  const made = state.all(configMaps).find(({ metadata }) => metadata.name === settings);
  return variable(container, key) ?? (refers ? made?.data?.[key] : undefined);
}
