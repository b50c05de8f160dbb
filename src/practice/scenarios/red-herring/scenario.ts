/**
 * 26: a rollout names an image that does not exist, in a namespace full of other warnings: a neighbour's probe asks the wrong port,
 * and a Job that shares its image fails again and again. Neither has to do with what the alert is about.
 */
import { jobs } from '../../api-groups.ts';
import { pods } from '../../objects.ts';
import { putBack, rollOut, workload } from '../workload.ts';
import { manifest } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy, podsWaiting } from '../state.ts';
import type { State } from '../state.ts';

const name = 'shipping';
const image = 'docker.io/library/shop-shipping:2.3.1';
const neighbour = 'warehouse';
const job = 'shipping-labels';

export const scenario: Scenario = {
  number: 26,
  name: 'red-herring',
  title: 'shipping is short of replicas, and the namespace is full of warnings',
  difficulty: 'hard',
  teaches: 'Follows the alert to its own workload, and leaves the louder trouble of its neighbours alone.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => [
    ...workload({ name, image, replicas: 2, cause: 'release 17: shipping 2.3.1' }, namespace),
    ...workload(
      {
        name: neighbour,
        image: 'docker.io/library/shop-warehouse:1.0.4',
        replicas: 2,
        maxUnavailable: 0,
        cause: 'release 5: warehouse 1.0.4',
      },
      namespace,
    ),
    manifest(jobs, {
      metadata: { name: job, namespace, labels: { app: job, 'app.kubernetes.io/part-of': 'shop' } },
      spec: {
        backoffLimit: 30,
        template: {
          metadata: { labels: { app: job } },
          spec: {
            restartPolicy: 'OnFailure',
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'labels',
                image,
                imagePullPolicy: 'IfNotPresent',
                env: [{ name: 'DATABASE_URL', value: 'mysql://labels-db.shop:3306/labels' }],
                resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
              },
            ],
          },
        },
      },
    }),
  ],
  breakage: [
    rollOut(neighbour, 'release 6: warehouse with its own admin port', {
      readinessProbe: { httpGet: { path: '/healthz', port: 8081 } },
    }),
    rollOut(name, 'release 18: shipping 2.4.0', { image: 'docker.io/library/shop-shipping:2.4.O' }),
  ],
  symptom: (state) => podsWaiting(state, 'ImagePullBackOff').length > 0 && isNoisy(state),
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'warning',
    summary: 'The deployment has not matched its number of replicas for longer than 15 minutes.',
    namespace,
    labels: { deployment: name },
  }),
  tool: 'alertmanager',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['ImagePullBackOff'] },
  fixes: [
    {
      says: 'Go back to the release before, or set the image to the last good tag',
      command:
        /^kubectl (rollout undo deployment\/shipping\b|set image deployment\/shipping .*shop-shipping:2\.3\.1)/,
      deeds: [putBack(name, { image })],
    },
  ],
  wrong: [
    {
      says: 'Put the neighbour right, and nothing else',
      deeds: [
        rollOut(neighbour, 'release 7: warehouse', {
          readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
        }),
      ],
    },
    {
      says: 'Take the Job away, and nothing else',
      deeds: [{ deed: 'delete', resource: jobs, name: job }],
    },
  ],
  solved: isHealthy,
  settleSeconds: 20,
};

/** Whether the neighbour has a pod that is not Ready and the Job one that failed. */
function isNoisy(state: State): boolean {
  const of = (app: string) => state.all(pods).filter(({ metadata }) => metadata.labels?.['app'] === app);
  const statuses = (app: string) => of(app).flatMap(({ status }) => status?.containerStatuses ?? []);
  return (
    statuses(neighbour).some((status) => status.state.running && !status.ready) &&
    statuses(job).some(({ restartCount }) => restartCount > 0)
  );
}
