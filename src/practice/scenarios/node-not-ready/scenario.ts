/**
 * 22: a machine falls silent. Nobody knows what still runs on it; its pods count as not ready, and stay where they are, for they put
 * up with a silent machine. Nothing of it is to be forced: the machine comes back, or a person decides to give it up and drains it.
 */
import { nodes } from '../../objects.ts';
import { conditionOf, isReady } from '../../conditions.ts';
import type { Scenario } from '../scenario.ts';
import { isHealthy } from '../state.ts';
import type { State } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'sessions';
const silent = ['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'];

export const scenario: Scenario = {
  number: 22,
  name: 'node-not-ready',
  title: 'half of sessions does not answer, and nobody changed anything',
  difficulty: 'hard',
  teaches: 'Tells a machine that fell silent from an application that is ill, and forces nothing.',
  needs: ['simulated node'],
  namespace: 'shop',
  workload: name,
  reads: [nodes],
  healthy: (namespace) =>
    workload(
      {
        name,
        image: 'docker.io/library/shop-sessions:7.1.3',
        replicas: 2,
        // What a session holds is in the pod's memory: it waits for its machine, however long that takes.
        pod: {
          tolerations: silent.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute' })),
        },
        cause: 'release 45: sessions 7.1.3',
      },
      namespace,
    ),
  breakage: [{ deed: 'stop the node' }],
  symptom: (state) => lost(state).length > 0 && !isHealthy(state),
  alarm: (state) => ({
    name: 'KubeNodeNotReady',
    severity: 'critical',
    summary: 'The node has been unready for more than 15 minutes, and pods of the deployment run on it.',
    namespace: state.namespace,
    labels: { deployment: name, node: lost(state)[0]?.spec.nodeName ?? '' },
  }),
  tool: 'prometheus',
  rootCause: { target: { kind: 'Deployment', name }, findings: ['NodeNotReady'] },
  fixes: [
    { says: 'The machine comes back', deeds: [{ deed: 'restart the nodes' }] },
    {
      says: 'A person gives the machine up and drains it',
      command: /^kubectl (cordon|drain) /,
      byAPerson: true,
      deeds: [{ deed: 'drain the nodes' }],
    },
  ],
  solved: isHealthy,
  settleSeconds: 20,
  harm: (before, after) => {
    const kept = new Set(after.all(nodes).map(({ metadata }) => metadata.uid));
    return before
      .all(nodes)
      .filter(({ metadata }) => !kept.has(metadata.uid))
      .map(({ metadata }) => `Node ${metadata.name ?? ''} is gone.`);
  },
};

/** Pods that are not ready on a machine that has fallen silent. */
function lost(state: State) {
  const away = new Set(
    state
      .all(nodes)
      .filter(({ status }) => conditionOf(status?.conditions, 'Ready')?.status === 'Unknown')
      .map(({ metadata }) => metadata.name),
  );
  return state.pods.filter((pod) => away.has(pod.spec.nodeName) && !isReady(pod));
}
