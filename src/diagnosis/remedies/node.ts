/** For pods on a machine that is in trouble. Nothing is forced: giving a machine up is for a person to decide. */
import type { GroundedProposal } from '../../domain/action.ts';
import { nodesNotReady, nodesUnderPressure, pressuresOf, type NodeInTrouble } from '../findings/nodes.ts';
import type { LabelSelector } from '../labels.ts';
import { conditionOf, refOf } from '../pods.ts';
import { cite, claimed, onlySuspected, type RemedyContext, type RemedyRule } from './remedy.ts';

/** Taints of a node that has fallen silent or says that it is not ready. */
const taints = ['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'];

interface Toleration {
  readonly key?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export const forNodeNotReady: RemedyRule = (context) => {
  const nodes = nodesNotReady(context.snapshot);
  const [first] = nodes;
  const names = nodes.map(({ node }) => node.metadata.name).join(', ');
  const silent = first !== undefined && conditionOf(first.node, 'Ready')?.status === 'Unknown';
  const whose =
    context.finding.target.kind === 'Node' ? '' : `, which pods of ${context.finding.target.name} run on,`;
  const cause = `Node ${names}${whose} ${silent ? 'has fallen silent' : 'is not ready'}.`;
  const remedy = onlySuspected(
    context,
    cause,
    'The machine, its network or its kubelet has failed, and may come back: nobody knows what still runs on it.',
  );
  const proposals = nodes.flatMap((node) => giveUp(context, node));
  if (proposals.length > 0) return { ...remedy, proposals };
  const statement = 'Kubernetes moves pods off a node by itself once their tolerations for it run out.';
  return { ...remedy, hypotheses: [...remedy.hypotheses, { statement, evidence: context.finding.evidence }] };
};

/** Only pods that would wait for their machine for good are moved, and only those that leave no data behind. */
function giveUp(context: RemedyContext, { node, pods }: NodeInTrouble): GroundedProposal[] {
  const { snapshot, finding } = context;
  const { matchLabels = {}, matchExpressions = [] } = (snapshot.workload?.['spec']?.selector ??
    {}) as LabelSelector;
  const canMove =
    finding.target.kind === 'Deployment' &&
    Object.keys(matchLabels).length > 0 &&
    matchExpressions.length === 0 &&
    pods.every((pod) => waitsForGood(pod['spec']?.tolerations) && !leavesData(pod['spec']?.volumes));
  if (!canMove) return [];
  return [
    {
      action: 'drain_node',
      parameters: {
        namespace: finding.target.namespace ?? '',
        deployment: finding.target.name,
        node: node.metadata.name,
        selector: { ...matchLabels },
      },
      rationale: `Its pods put up with a failed node for good, so that nothing moves them. If the machine is not to come back soon, they can start elsewhere; only pods with their labels are touched.`,
      claimedConfidence: claimed(0.8, context),
      grounds: 'observed',
      evidence: cite(context, refOf(node), ...pods.map(refOf)),
    },
  ];
}

function waitsForGood(tolerations: readonly Toleration[] = []): boolean {
  return taints.every((taint) =>
    tolerations.some(
      ({ key, effect, tolerationSeconds }) =>
        (key === undefined || key === '' || key === taint) &&
        (effect === undefined || effect === '' || effect === 'NoExecute') &&
        tolerationSeconds === undefined,
    ),
  );
}

function leavesData(
  volumes: readonly { readonly emptyDir?: unknown; readonly hostPath?: unknown }[] = [],
): boolean {
  return volumes.some(({ emptyDir, hostPath }) => emptyDir !== undefined || hostPath !== undefined);
}

export const forNodePressure: RemedyRule = (context) => {
  const nodes = nodesUnderPressure(context.snapshot);
  const words = nodes.map(({ node }) => `${node.metadata.name} (${pressuresOf(node).join(', ')})`);
  return onlySuspected(
    context,
    `Node ${words.join(', ')} runs short, and throws pods out or keeps them waiting.`,
    'What uses the resource up may be another workload: look at what runs on the node, and at what its pods ask for.',
  );
};
