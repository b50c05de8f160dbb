/** Who applies what a command changes, and what that change is in Git: read from the cluster when the step is made. */
import type { Cluster } from '../../cluster/cluster.ts';
import { gitOpsMark } from '../../diagnosis/gitops.ts';
import { manifestChange } from '../../diagnosis/manifest.ts';
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import { takesBack, type Step } from '../../domain/plan.ts';
import type { RiskAssessment } from '../../domain/risk.ts';
import { labelSelectorText } from '../label-selector.ts';
import { whatCanBeRead } from '../readable.ts';
import { objectAfter } from './object-after.ts';

/** Objects of one kind that a command may mean without naming them, at most. */
const mostObjects = 100;

/** What Git says stays so: pods and their restarts are in no manifest. */
const leavesAsItIs = new Set(['rollout restart', 'exec', 'port-forward', 'debug']);

/**
 * By the objects that the command itself changes, whatever its author says that it is about.
 * Empty where nobody else applies them, and where they cannot be read.
 */
export async function gitOpsOf(
  cluster: Pick<Cluster, 'get' | 'list'>,
  risk: RiskAssessment,
  signal: AbortSignal,
): Promise<Pick<Step, 'gitops' | 'manifestChange'>> {
  if (!risk.mutates || risk.rejected || leavesAsItIs.has(risk.commandType)) return {};
  const objects = (await Promise.all(risk.targets.map((ref) => objectsOf(cluster, ref, signal)))).flat();
  const marked = objects.flatMap((object) => {
    const gitops = gitOpsMark(object);
    return gitops === undefined ? [] : [{ gitops, object }];
  });
  const [first] = marked.sort((a, b) => Number(takesBack(b.gitops)) - Number(takesBack(a.gitops)));
  if (first === undefined) return {};
  const { gitops, object } = first;
  const revisions = risk.commandType === 'rollout undo' ? await replicaSetsOf(cluster, object, signal) : [];
  const after = objectAfter(object, risk.argv, revisions);
  const change = after && manifestChange(object, after);
  return { gitops, ...(change === undefined ? {} : { manifestChange: change }) };
}

/** The object, or those that an open name may mean. Pods are left out then: what matters is who made them. */
async function objectsOf(
  cluster: Pick<Cluster, 'get' | 'list'>,
  { kind, name, namespace }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const where = namespace === undefined || namespace === '*' ? {} : { namespace };
  return whatCanBeRead(async () => {
    if (name !== '*') {
      const object = await cluster.get({ kind, name, ...where }, signal);
      return object === undefined ? [] : [object];
    }
    return kind === 'Pod' ? [] : cluster.list(kind, { ...where, limit: mostObjects }, signal);
  });
}

async function replicaSetsOf(
  cluster: Pick<Cluster, 'list'>,
  deployment: KubeObject,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const labelSelector = labelSelectorText(deployment['spec']?.selector);
  const { namespace } = deployment.metadata;
  if (labelSelector === undefined || namespace === undefined) return [];
  return whatCanBeRead(() =>
    cluster.list('ReplicaSet', { namespace, labelSelector, limit: mostObjects }, signal),
  );
}
