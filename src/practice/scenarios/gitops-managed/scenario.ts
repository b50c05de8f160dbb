/**
 * 25: a bad value came with a new version of the chart, and Argo CD keeps the Deployment as Git says.
 * Whatever kubectl changes, Argo CD changes back at its next look: the way out is a change in Git, which it then applies.
 * Its marks are those of https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ on what Helm rendered.
 */
import { deployments } from '../../objects.ts';
import { containerName, putBack, workload } from '../workload.ts';
import { patch } from '../scenario.ts';
import type { Deed, Scenario } from '../scenario.ts';
import { application, isHealthy, podsWaiting, variable } from '../state.ts';
import type { State } from '../state.ts';

const name = 'returns';
const databaseUrl = 'postgres://returns-db.shop:5432/returns';
const chartLabel = 'helm.sh/chart';
const badChart = 'returns-0.9.0';

export const scenario: Scenario = {
  number: 25,
  name: 'gitops-managed',
  title: 'returns restarts again and again',
  difficulty: 'hard',
  teaches:
    'Sees that Argo CD owns the Deployment and takes the fix to Git: what kubectl changes is changed back.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-returns:0.8.1',
        replicas: 2,
        environment: { DATABASE_URL: databaseUrl },
        metadata: {
          labels: {
            'app.kubernetes.io/instance': name,
            'app.kubernetes.io/managed-by': 'Helm',
            [chartLabel]: 'returns-0.8.4',
          },
          annotations: {
            'argocd.argoproj.io/tracking-id': `${name}:apps/Deployment:${namespace}/${name}`,
          },
        },
      },
      namespace,
    ),
  breakage: [sync(badChart, 'mysql://returns-db.shop:3306/returns')],
  symptom: (state) => podsWaiting(state, 'CrashLoopBackOff').length > 0,
  alarm: (state) => ({
    name: 'KubePodCrashLooping',
    severity: 'warning',
    summary: 'A pod is in a waiting state: CrashLoopBackOff.',
    namespace: state.namespace,
    labels: {
      pod: podsWaiting(state, 'CrashLoopBackOff')[0]?.metadata.name ?? '',
      container: containerName,
    },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['CrashLoopBackOff'] },
  fixes: [
    {
      says: 'Put the value right in Git, and let Argo CD apply it',
      manifest: /^\+ *value: "?postgres:\/\/returns-db\.shop:5432\/returns"?$/m,
      deeds: [sync('returns-0.9.1', databaseUrl)],
    },
  ],
  wrong: [
    {
      says: 'Go back with kubectl, behind the back of Argo CD',
      deeds: [putBack(name, { env: [{ name: 'DATABASE_URL', value: databaseUrl }] })],
    },
  ],
  solved: (state) =>
    isHealthy(state) &&
    chartOf(state) !== badChart &&
    (variable(application(state), 'DATABASE_URL') ?? '').startsWith('postgres://'),
  settleSeconds: 20,
  harm: (before, after) =>
    chartOf(before) === chartOf(after) &&
    before.deployment?.metadata.generation !== after.deployment?.metadata.generation
      ? ['The Deployment was changed beside Git: Argo CD changes it back.']
      : [],
};

/** What Argo CD does when Git has a new version of the chart. */
function sync(chart: string, url: string): Deed {
  return patch(deployments, name, {
    metadata: { labels: { [chartLabel]: chart } },
    spec: {
      template: {
        spec: { containers: [{ name: containerName, env: [{ name: 'DATABASE_URL', value: url }] }] },
      },
    },
  });
}

/** The version of the chart that was applied last. */
function chartOf({ deployment }: State): string | undefined {
  return deployment?.metadata.labels?.[chartLabel];
}
