/** 15: a rollout turned the readiness probe to a port where nothing listens; the application runs well, and gets no request. */
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { application, hasEndpoints, isHealthy, variable } from '../state.ts';
import type { State } from '../state.ts';

const name = 'wishlist';
/** Where the application listens, and where the Service leads. */
const listening = 8080;
const mistaken = 8081;

export const scenario: Scenario = {
  number: 15,
  name: 'readiness-port',
  title: 'wishlist does not answer, and its pods look as if they ran',
  difficulty: 'medium',
  teaches:
    'Compares the port that a readiness probe asks with the one that the application serves, and mends the probe instead of taking it away.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-wishlist:1.7.2',
        replicas: 2,
        cause: 'release 52: wishlist 1.7.2',
        // All pods are replaced at once: nothing is left that answers.
        maxSurge: 0,
        maxUnavailable: 2,
      },
      namespace,
    ),
  breakage: [
    rollOut(name, 'release 53: probe the port for operators', {
      readinessProbe: { httpGet: { port: mistaken } },
    }),
  ],
  symptom: (state) =>
    !hasEndpoints(state) &&
    state.deployment?.status?.observedGeneration === state.deployment?.metadata.generation &&
    state.pods.length === 2 &&
    state.pods.every(
      ({ spec, status }) =>
        spec.containers[0]?.readinessProbe?.httpGet?.port === mistaken &&
        status?.containerStatuses?.[0]?.state.running !== undefined,
    ),
  alarm: ({ namespace }) => ({
    name: 'KubeDeploymentReplicasMismatch',
    severity: 'critical',
    summary: 'The deployment has no available replica.',
    namespace,
    labels: { deployment: name, container: containerName },
  }),
  tool: 'title',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['Unhealthy'] },
  fixes: [
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/wishlist\b/,
      deeds: [putBack(name, { readinessProbe: { httpGet: { port: listening } } })],
    },
    {
      says: 'Let the probe ask the port that the application serves',
      command: /^kubectl patch deployment[ /]wishlist\b.*readinessProbe/,
      deeds: [putBack(name, { readinessProbe: { httpGet: { port: 'http' } } })],
    },
  ],
  wrong: [
    { says: 'Take the probe away', deeds: [putBack(name, { readinessProbe: null })] },
    {
      says: 'Move the application to the port of the probe, where no Service leads',
      deeds: [putBack(name, { env: [{ name: 'PORT', value: String(mistaken) }] })],
    },
  ],
  solved: (state) => isHealthy(state) && probed(state) === listening && listens(state),
  settleSeconds: 20,
};

/** The port that the readiness probe asks. */
function probed(state: State): number | undefined {
  const container = application(state);
  const port = container?.readinessProbe?.httpGet?.port ?? container?.readinessProbe?.tcpSocket?.port;
  if (typeof port !== 'string') return port;
  return container?.ports?.find((one) => one.name === port)?.containerPort;
}

/** Whether the application still listens where the Service leads. */
function listens(state: State): boolean {
  return Number(variable(application(state), 'PORT') ?? listening) === listening;
}
