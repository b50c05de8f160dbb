/** What keeps pods from every node, told from what keeps them from some: by what the nodes are, and by the scheduler's counts. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { schedulerSays, unscheduledPods } from '../findings/failed-scheduling.ts';
import {
  allocatable,
  isWanted,
  requestedBy,
  takes,
  type NodeResource,
  type PlacedSpec,
} from '../placement.ts';
import { formatCpu, formatMemory } from '../quantity.ts';
import { revisionThatDiffers, type OlderRevision } from '../revisions.ts';
import { readUnschedulable, type ObstacleKind, type SchedulingObstacle } from '../scheduling.ts';
import type { Snapshot } from '../snapshot.ts';
import { templateSpecOf } from '../sources/references.ts';
import type { RemedyContext } from './remedy.ts';

/** Fields of a container or pod that can bring an obstacle about. */
const fields: Readonly<Record<ObstacleKind, readonly string[]>> = {
  resource: ['resources'],
  placement: ['nodeSelector', 'affinity', 'nodeName'],
  'anti-affinity': ['affinity'],
  affinity: ['affinity'],
  spread: ['topologySpreadConstraints'],
  taint: ['tolerations', 'nodeSelector', 'affinity'],
  cordoned: [],
  volume: ['volumes'],
  port: ['ports', 'hostNetwork'],
  other: [],
};

/** What stands in the way, and what is known of it. */
export interface Situation {
  readonly context: RemedyContext;
  readonly pod: KubeObject;
  readonly spec: PlacedSpec;
  readonly obstacle: SchedulingObstacle | undefined;
  /** A revision without the obstacle's cause. */
  readonly older: OlderRevision | undefined;
}

/** Undefined where every pod has found a node. */
export function situationOf(context: RemedyContext): Situation | undefined {
  const { snapshot } = context;
  const pods = unscheduledPods(snapshot);
  const [pod] = pods;
  if (pod === undefined) return undefined;
  const spec = (pod['spec'] ?? {}) as PlacedSpec;
  const obstacle = mainObstacle(snapshot, spec, schedulerSays(pod));
  const culprits = fields[obstacle?.kind ?? 'other'];
  const older = revisionThatDiffers(
    snapshot,
    pods,
    ({ field }) => culprits.includes(field),
    (set) => asksLess((templateSpecOf(set) ?? {}) as PlacedSpec, spec, obstacle, nodesOf(snapshot)),
  );
  return { context, pod, spec, obstacle, older };
}

/** Whether pods of the older spec would be better off, as far as that can be told. */
function asksLess(
  before: PlacedSpec,
  now: PlacedSpec,
  obstacle: SchedulingObstacle | undefined,
  nodes: readonly KubeObject[],
): boolean {
  const resource = obstacle?.resource;
  if (resource === 'cpu' || resource === 'memory')
    return requestedBy(before, resource) < requestedBy(now, resource);
  return obstacle?.kind !== 'placement' || nodes.length === 0 || nodes.some((node) => isWanted(node, before));
}

export function nodesOf({ means }: Snapshot): KubeObject[] {
  return means.machines.map(({ node }) => node);
}

/** Whether no node of those that there are will ever do; nodes that are merely full may empty. */
export function isLasting({ context, spec, obstacle }: Situation): boolean {
  const nodes = nodesOf(context.snapshot);
  if (obstacle?.kind === 'resource') return isTooLarge(nodes, spec, obstacle.resource);
  return obstacle?.kind !== 'placement' || !nodes.some((node) => isWanted(node, spec));
}

/** Reasons of the events with which the Cluster Autoscaler and Karpenter say that a node for the pod is on its way. */
const nodeOnItsWay = new Set(['TriggeredScaleUp', 'Nominated']);

/** Whether the cluster is being given a node for the pod. */
export function isGrowing({ events }: Snapshot, pod: KubeObject): boolean {
  return events.some(
    ({ reason, involvedObject: about }) => nodeOnItsWay.has(reason) && about?.name === pod.metadata.name,
  );
}

/** The one obstacle whose end would let the pod in, by what the nodes are; where they are not known, by how many nodes it takes away. */
function mainObstacle(snapshot: Snapshot, spec: PlacedSpec, message: string): SchedulingObstacle | undefined {
  const { obstacles } = readUnschedulable(message);
  const of = (kind: ObstacleKind): SchedulingObstacle | undefined =>
    obstacles.find((one) => one.kind === kind);
  const volume = of('volume');
  if (volume !== undefined) return volume;
  const nodes = nodesOf(snapshot);
  const placement = of('placement');
  if (placement !== undefined && nodes.length > 0 && !nodes.some((node) => isWanted(node, spec)))
    return placement;
  const short = obstacles.filter(({ kind }) => kind === 'resource');
  const tooLarge = short.find(({ resource }) => isTooLarge(nodes, spec, resource));
  if (tooLarge !== undefined) return tooLarge;
  const apart = of('anti-affinity');
  const keepsApart =
    (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0;
  if (apart !== undefined && keepsApart) return apart;
  const [most] = obstacles
    .filter(({ kind }) => kind !== 'taint' && kind !== 'cordoned')
    .toSorted((a, b) => b.nodes - a.nodes);
  return most ?? obstacles[0];
}

/** Whether even an empty node would be too small. */
export function isTooLarge(
  nodes: readonly KubeObject[],
  spec: PlacedSpec,
  resource: string | undefined,
): boolean {
  if (resource !== 'cpu' && resource !== 'memory') return false;
  const usable = nodes.filter((node) => takes(node, spec) && isWanted(node, spec));
  return (
    usable.length > 0 && usable.every((node) => allocatable(node, resource) < requestedBy(spec, resource))
  );
}

/** One sentence; empty where nothing is known. */
export function causeOf({ context, spec, obstacle, pod }: Situation): string {
  const name = context.finding.target.name;
  const nodes = nodesOf(context.snapshot);
  const resource = obstacle?.resource;
  switch (obstacle?.kind) {
    case 'resource': {
      if (resource !== 'cpu' && resource !== 'memory')
        return `No node has room for pods of ${name}: ${obstacle.text}.`;
      const amount = format(resource, requestedBy(spec, resource));
      return isTooLarge(nodes, spec, resource)
        ? `Pods of ${name} ask for more ${resource} (${amount}) than any node that they may run on has.`
        : `No node that pods of ${name} may run on has ${amount} of ${resource} left.`;
    }
    case 'placement': {
      const wishes = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
      return `Pods of ${name} want nodes ${wishes.length === 0 ? 'of their node affinity' : `with ${wishes.join(', ')}`}, and no node that is free is one.`;
    }
    case 'anti-affinity':
      return `Pods of ${name} keep each other off a node, and there are more of them than nodes.`;
    case 'volume':
      return `A volume of Pod ${pod.metadata.name} is not to be had: ${obstacle.text}.`;
    case undefined:
      return '';
    default:
      return `Pods of ${name} find no node: ${obstacle?.text ?? ''}.`;
  }
}

/** As a container's resources are written. */
export function format(resource: NodeResource, amount: number): string {
  return resource === 'cpu' ? formatCpu(amount) : formatMemory(amount);
}
