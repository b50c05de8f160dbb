/** 6: somebody pointed the Service at a port that no container of its pods has; it has endpoints, and none answers. */
import { services } from '../../objects.ts';
import { putBack, workload } from '../workload.ts';
import { patch } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { application, hasEndpoints, isHealthy, isRolledOut } from '../state.ts';
import type { State } from '../state.ts';

const name = 'pricing';
/** Where the application listens. */
const listening = 8080;
const mistaken = 9090;

export const scenario: Scenario = {
  number: 6,
  name: 'target-port',
  title: 'every request to pricing is refused, though its pods are ready',
  difficulty: 'medium',
  teaches:
    'Follows a Service to the port of its pods: endpoints alone do not mean that anything answers there.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-pricing:2.8.1',
        replicas: 2,
        cause: 'release 41: pricing 2.8.1',
      },
      namespace,
    ),
  breakage: [leadTo(mistaken)],
  symptom: (state) =>
    isRolledOut(state) &&
    hasEndpoints(state) &&
    portsServed(state).some((port) => !application(state)?.ports?.some((own) => own.containerPort === port)),
  alarm: ({ namespace }) => ({
    name: 'ServiceErrorRateHigh',
    severity: 'critical',
    summary: 'All requests to the service fail: connection refused.',
    namespace,
    labels: { service: name },
  }),
  tool: 'text',
  rootCause: { target: { kind: 'Service', name }, findings: ['TargetPortMismatch'] },
  fixes: [
    {
      says: 'Let the Service lead to the port that the container listens on',
      command: /^kubectl patch service[ /]pricing\b/,
      deeds: [leadTo(listening)],
    },
    { says: 'Let the Service name the port as the container does', deeds: [leadTo('http')] },
  ],
  wrong: [
    {
      says: 'List the port in the container, where nothing listens on it',
      deeds: [putBack(name, { ports: [{ name: 'api', containerPort: mistaken }] })],
    },
  ],
  solved: (state) => isHealthy(state) && portsServed(state).every((port) => port === listening),
  settleSeconds: 20,
};

function leadTo(targetPort: number | string) {
  return patch(services, name, { spec: { ports: [{ name: 'http', port: 80, targetPort }] } }, 'merge');
}

/** The ports of the pods that requests to the Service reach. */
function portsServed({ endpoints }: State): number[] {
  return (endpoints?.subsets ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port));
}
