/** The nodes that a pod could run on, with the room that the largest of them have. Read where pods find no node. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import {
  allocatable,
  isWanted,
  requestedBy,
  takes,
  type NodeResource,
  type PlacedSpec,
} from '../placement.ts';
import { listAll, type Place } from './source.ts';

/** Nodes whose pods are counted: the largest ones. */
const countedNodes = 3;
/** Above the usual limit of pods of one node (110, or 250). */
const podsOfNode = 250;

export interface Machine {
  readonly node: KubeObject;
  /** What its pods leave, base units; only of the largest ones that the pod may run on, and where their pods may be read. */
  readonly free: Readonly<Record<NodeResource, number>> | undefined;
}

/** @param spec of the pod that finds no node */
export async function machinesFor(place: Place, spec: PlacedSpec): Promise<Machine[]> {
  const nodes = (await listAll(place, 'Node')) ?? [];
  const largest = (resource: NodeResource): KubeObject[] =>
    nodes
      .filter((node) => takes(node, spec) && isWanted(node, spec))
      .sort((a, b) => allocatable(b, resource) - allocatable(a, resource))
      .slice(0, countedNodes);
  const counted = new Set([...largest('cpu'), ...largest('memory')]);
  return Promise.all(
    nodes.map(async (node) => ({ node, free: counted.has(node) ? await freeOn(place, node) : undefined })),
  );
}

async function freeOn({ cluster, reader }: Place, node: KubeObject): Promise<Machine['free']> {
  const { name } = node.metadata;
  const pods = await reader<KubeObject[] | undefined>(`Pods of node ${name}`, undefined, (signal) =>
    cluster.list('Pod', { fieldSelector: `spec.nodeName=${name}`, limit: podsOfNode }, signal),
  );
  if (pods === undefined) return undefined;
  const living = pods.filter(({ status }) => !['Succeeded', 'Failed'].includes(status?.phase));
  const free = (resource: NodeResource): number =>
    living.reduce(
      (room, pod) => room - requestedBy((pod['spec'] ?? {}) as PlacedSpec, resource),
      allocatable(node, resource),
    );
  return { cpu: free('cpu'), memory: free('memory') };
}
