/** Whether a finding still holds: read again, judged by the same rule. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Finding } from '../domain/diagnosis.ts';
import type { Target } from '../domain/kubernetes.ts';
import { holds, surroundingsFor } from './findings/findings.ts';
import { readState, type Reader } from './read.ts';

/**
 * A target that does not exist any more counts as not healed: taking the workload away is no remedy.
 * Pods on their way out do not count, neither do restarts of pods that others have taken the place of.
 * @throws OncallError when something cannot be read: "not seen" is not "gone"
 */
export async function findingPresent(
  cluster: Cluster,
  finding: Pick<Finding, 'name' | 'target'>,
  signal: AbortSignal,
): Promise<boolean> {
  const target: Target = {
    ...finding.target,
    context: cluster.context,
    namespace: finding.target.namespace ?? '',
  };
  const reader: Reader = (_what, _otherwise, read) => read(signal);
  const state = await readState(cluster, target, reader, new Date(), surroundingsFor(finding.name));
  return state.object === undefined || holds(state, finding);
}
