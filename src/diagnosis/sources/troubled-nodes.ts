/** The nodes under pods that are in trouble. Their conditions tell whether the machine is. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import { isEvicted, isReady } from '../pods.ts';
import { read, type Place } from './source.ts';

const mostNodes = 5;

/** @param pods all pods of the workload: those that were evicted, or that nobody can end, tell of their node too */
export async function troubledNodes(place: Place, pods: readonly KubeObject[]): Promise<KubeObject[]> {
  const names = new Set(
    pods
      .filter((pod) => isEvicted(pod) || (!isReady(pod) && pod['status']?.phase !== 'Succeeded'))
      .map((pod) => pod['spec']?.nodeName as string | undefined)
      .filter((name) => name !== undefined),
  );
  const nodes = await Promise.all(
    [...names].slice(0, mostNodes).map((name) => read(place, { kind: 'Node', name })),
  );
  return nodes.filter((node) => node !== undefined);
}
