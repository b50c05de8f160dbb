/** Simulated nodes for a control plane, in place of real ones or beside one. */
import type { KubeClient } from '../../../src/practice/client.ts';
import { startNodeSimulator } from '../../../src/practice/node/simulator.ts';
import type { NodeSimulator } from '../../../src/practice/node/simulator.ts';
import type { PodSpec } from '../../../src/practice/objects.ts';

/** What tells the nodes that may be stopped: a label of the one value, and a taint that keeps ordinary pods away. */
const key = 'oncall.practice/simulated';
const value = 'true';
const apart = { labels: { [key]: value }, taints: [{ key, value, effect: 'NoSchedule' }] };

/** What a pod says to be put onto the nodes that may be stopped. */
export const onSimulatedNodes: Pick<PodSpec, 'nodeSelector' | 'tolerations'> = {
  nodeSelector: { [key]: value },
  tolerations: [{ key, operator: 'Equal', value, effect: 'NoSchedule' }],
};

/**
 * Starts two simulated nodes for pods with {@link onSimulatedNodes} alone, which can be stopped.
 * @param ordinary starts two more, for all other pods: there is no real node
 */
export function startSimulatedNodes(client: KubeClient, ordinary: boolean): Promise<NodeSimulator> {
  const named = (kind: string) => [`${kind}-1`, `${kind}-2`].map((name) => ({ name }));
  const others = named('simulated').map((node) => ({ ...node, ...apart }));
  return startNodeSimulator({ client, nodes: [...(ordinary ? named('node') : []), ...others] });
}
