/** Where an incident is, and one investigation of it. */
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { collect } from '../../../src/diagnosis/collect.ts';
import type { ReadableCluster } from '../../../src/diagnosis/read.ts';
import type { Snapshot } from '../../../src/diagnosis/snapshot.ts';

export interface Place {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  /** A Deployment. */
  readonly workload: string;
}

/**
 * What the product does for an incident, up to and without the analysis.
 * @throws Error where a read failed: then something else is measured
 */
export async function investigate(
  cluster: Cluster | ReadableCluster,
  { context, namespace, workload: name }: Place,
): Promise<Snapshot> {
  const target = { context, kind: 'Deployment', namespace, name };
  const snapshot = await collect(cluster, target, { signal: AbortSignal.timeout(60_000) });
  if (snapshot.object === undefined) throw new Error(`There is no Deployment ${namespace}/${name}`);
  return snapshot;
}
