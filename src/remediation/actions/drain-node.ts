/** Gives a node up for one workload: no new pods go there, and the workload's own pods leave it. */
import type { Action } from '../action.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { deploymentRef } from './workload.ts';

const nodeRef = ({ node }: { node: string }): ObjectRef => ({ kind: 'Node', name: node });

export const drainNode: Action<'drain_node'> = {
  name: 'drain_node',
  description:
    "Keeps new pods off a node that has failed and evicts one Deployment's pods from it, so that they start elsewhere.",
  answers: ['NodeNotReady'],
  target: deploymentRef,
  // A silent kubelet never confirms that a pod is gone: kubectl stops waiting once its grace period is over.
  // Nothing is forced: disruption budgets count, and data in emptyDir volumes stays where it is.
  command: ({ node, selector }) => [
    'kubectl',
    'drain',
    node,
    `--pod-selector=${Object.entries(selector)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}`,
    '--ignore-daemonsets',
    '--skip-wait-for-delete-timeout=1',
    '--timeout=50s',
  ],
  touches: (parameters) => [nodeRef(parameters)],
  verification: (parameters) => ({ type: 'rollout', target: deploymentRef(parameters) }),
  undo: (parameters, before) => {
    const node = before.find(({ kind, metadata }) => kind === 'Node' && metadata.name === parameters.node);
    if (node === undefined || node['spec']?.unschedulable === true) return undefined;
    return {
      argv: ['kubectl', 'uncordon', parameters.node],
      summary: `Lets new pods onto node ${parameters.node} again; the evicted pods stay where they are then.`,
    };
  },
};
