/** 16: a rollout added a liveness probe that asks a port where nothing listens; a sound application is killed again and again. */
import { containerName, putBack, rollOut, workload } from '../workload.ts';
import type { Scenario } from '../scenario.ts';
import { application, containerStatuses, isHealthy, variable } from '../state.ts';
import type { State } from '../state.ts';

const name = 'giftcards';
/** Where the application listens. */
const listening = 8080;
const mistaken = 8081;
const livenessProbe = (port: number) => ({
  httpGet: { path: '/healthz', port },
  periodSeconds: 2,
  failureThreshold: 3,
});

export const scenario: Scenario = {
  number: 16,
  name: 'liveness-port',
  title: 'giftcards restarts every few seconds',
  difficulty: 'medium',
  teaches:
    'Tells an application that is killed by its liveness probe from one that crashes, and mends the probe instead of taking it away.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-giftcards:3.2.5',
        replicas: 2,
        cause: 'release 23: giftcards 3.2.5',
        container: { livenessProbe: livenessProbe(listening) },
      },
      namespace,
    ),
  breakage: [
    rollOut(name, 'release 24: probe the port for operators', { livenessProbe: livenessProbe(mistaken) }),
  ],
  symptom: (state) => containerStatuses(state).some(({ restartCount }) => restartCount >= 2),
  alarm: ({ namespace }) => ({
    name: 'ContainerRestartsHigh',
    severity: 'warning',
    summary: 'Containers of the deployment were restarted several times within minutes.',
    namespace,
    labels: { deployment: name, container: containerName },
  }),
  tool: 'grafana',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['Unhealthy'] },
  fixes: [
    {
      says: 'Go back to the release before',
      command: /^kubectl rollout undo deployment\/giftcards\b/,
      deeds: [putBack(name, { livenessProbe: livenessProbe(listening) })],
    },
    {
      says: 'Let the probe ask the port that the application serves',
      command: /^kubectl patch deployment[ /]giftcards\b.*livenessProbe/,
      deeds: [putBack(name, { livenessProbe: { httpGet: { port: 'http' } } })],
    },
  ],
  wrong: [
    { says: 'Take the probe away', deeds: [putBack(name, { livenessProbe: null })] },
    {
      says: 'Let the probe fail a thousand times before it counts',
      deeds: [putBack(name, { livenessProbe: { failureThreshold: 1000 } })],
    },
  ],
  solved: (state) =>
    isHealthy(state) &&
    probed(state) === served(state) &&
    containerStatuses(state).every(({ restartCount }) => restartCount === 0),
  settleSeconds: 20,
};

/** The port that the liveness probe asks. */
function probed(state: State): number | undefined {
  const container = application(state);
  const port = container?.livenessProbe?.httpGet?.port ?? container?.livenessProbe?.tcpSocket?.port;
  if (typeof port !== 'string') return port;
  return container?.ports?.find((one) => one.name === port)?.containerPort;
}

function served(state: State): number {
  return Number(variable(application(state), 'PORT') ?? listening);
}
