/**
 * NodeNotReady and NodePressure: the machine under a workload's pods is in trouble, not the application.
 * Source: https://kubernetes.io/docs/reference/node/node-status/#condition
 */
import type { FindingName } from '../../domain/diagnosis.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import { conditionOf, countingPods, isEvicted, isReady, refOf } from '../pods.ts';
import type { CoreState, StateWith } from '../snapshot.ts';
import { fieldEvidence, podCount, type FindingRule } from './rule.ts';

/** Conditions that are well when they are `False`. */
const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

export interface NodeInTrouble {
  readonly node: KubeObject;
  /** Pods of the workload there that suffer by it. */
  readonly pods: readonly KubeObject[];
}

/** Nodes that do not say that they are ready, under pods that are not either. */
export function nodesNotReady(state: StateWith<'nodes'>): NodeInTrouble[] {
  const suffering = [...countingPods(state), ...heldPods(state)].filter((pod) => !isReady(pod));
  return inTrouble(state, suffering, (node) => {
    const ready = conditionOf(node, 'Ready');
    return ready !== undefined && ready.status !== 'True';
  });
}

/**
 * Pods that a silent kubelet cannot end. A StatefulSet makes no other in the place of such a pod
 * (https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/).
 */
function heldPods({ workload, pods }: CoreState): KubeObject[] {
  if (workload?.kind !== 'StatefulSet') return [];
  return pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
}

/** Nodes short of something, under pods that are not ready or were thrown out for it. */
export function nodesUnderPressure(state: StateWith<'nodes'>): NodeInTrouble[] {
  const suffering = [
    ...countingPods(state).filter((pod) => !isReady(pod)),
    ...state.pods.filter((pod) => isEvicted(pod)),
  ];
  return inTrouble(state, suffering, (node) => pressuresOf(node).length > 0);
}

export function pressuresOf(node: KubeObject): string[] {
  return pressures.filter((type) => conditionOf(node, type)?.status === 'True');
}

function inTrouble(
  { object, surroundings }: StateWith<'nodes'>,
  suffering: readonly KubeObject[],
  isIll: (node: KubeObject) => boolean,
): NodeInTrouble[] {
  // Asked about the machine itself, it is ill whoever suffers by it.
  if (object?.kind === 'Node') return isIll(object) ? [{ node: object, pods: [] }] : [];
  return surroundings.nodes
    .filter(isIll)
    .map((node) => ({
      node,
      pods: suffering.filter((pod) => pod['spec']?.nodeName === node.metadata.name),
    }))
    .filter(({ pods }) => pods.length > 0);
}

const rule =
  (
    name: FindingName,
    find: (state: StateWith<'nodes'>) => NodeInTrouble[],
    what: (node: KubeObject) => string,
    conditions: (node: KubeObject) => readonly string[],
  ): FindingRule<'nodes'> =>
  (state) => {
    const workload = state.object?.kind === 'Node' ? state.object : state.workload;
    const found = find(state);
    const [first] = found;
    if (workload === undefined || first === undefined) return [];
    const pods = found.flatMap((one) => one.pods);
    const names = found.map(({ node }) => node.metadata.name).join(', ');
    const all = new Set([...countingPods(state), ...pods]).size;
    return [
      {
        name,
        target: refOf(workload),
        summary:
          workload.kind === 'Node'
            ? `Node ${names} ${what(first.node)}`
            : `${podCount(pods.length, all, workload)} are on node ${names}, which ${what(first.node)}`,
        pods,
        evidence: found.flatMap(({ node }) =>
          conditions(node).map((type) => {
            const condition = conditionOf(node, type);
            return fieldEvidence(
              node,
              `status.conditions[${type}]`,
              `Node ${node.metadata.name}: ${type} is ${condition?.status ?? 'not said'}${condition?.reason === undefined ? '' : ` (${condition.reason})`}`,
              condition ?? {},
              condition?.lastTransitionTime,
            );
          }),
        ),
      },
    ];
  };

export const nodeNotReady = rule(
  'NodeNotReady',
  nodesNotReady,
  (node) =>
    conditionOf(node, 'Ready')?.status === 'Unknown' ? 'has fallen silent' : 'says that it is not ready',
  () => ['Ready'],
);

export const nodePressure = rule(
  'NodePressure',
  nodesUnderPressure,
  (node) => `is short of resources (${pressuresOf(node).join(', ')})`,
  pressuresOf,
);
