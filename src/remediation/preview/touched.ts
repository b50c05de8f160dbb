/** The objects that a command touches, as they are and as they would be. */
import type { Cluster } from '../../cluster/cluster.ts';
import { apiVersionOf } from '../../cluster/resources.ts';
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import type { RiskAssessment } from '../../domain/risk.ts';
import { refOf } from '../../diagnosis/pods.ts';
import type { Command } from '../../kubectl/grammar.ts';
import { objectAfter } from '../gitops/object-after.ts';
import { strategicPatch } from '../gitops/patches.ts';
import { labelSelectorText } from '../label-selector.ts';
import type { Touched } from './impact.ts';
import { rolloutPatches } from './rehearsal.ts';
import type { Surroundings } from './surroundings.ts';

/** More of them are counted as one kind, not compared one by one. */
const mostObjects = 100;

/** What reads the objects of a command. */
export interface ObjectSource {
  readonly cluster: Pick<Cluster, 'get'>;
  readonly surroundings: Surroundings;
  /** One object in the version of the API that kubectl speaks; undefined where it is not there. */
  readonly viaKubectl: (object: KubeObject) => Promise<KubeObject | undefined>;
  readonly signal: AbortSignal;
}

/** @param printed the objects as the API server would make them */
export async function touchedAsPrinted(
  printed: readonly KubeObject[],
  source: ObjectSource,
): Promise<Touched[]> {
  return Promise.all(
    printed.slice(0, mostObjects).map(async (after) => {
      const ref = refOf(after);
      return { ref, before: await liveOf(after, ref, source), after };
    }),
  );
}

/** Versions of one kind name the same fields differently: only the same version can be compared. */
async function liveOf(
  after: KubeObject,
  ref: ObjectRef,
  { cluster, viaKubectl, signal }: ObjectSource,
): Promise<KubeObject | undefined> {
  if (apiVersionOf(ref.kind) === after.apiVersion) return cluster.get(ref, signal);
  return viaKubectl(after);
}

/** By the words of the command alone: what is deleted, scaled, rolled back, and everything whose rehearsal printed nothing. */
export async function touchedByWords(
  risk: RiskAssessment,
  command: Command,
  source: ObjectSource,
): Promise<Touched[]> {
  const named =
    risk.commandType === 'drain' ? risk.targets.filter(({ kind }) => kind === 'Node') : risk.targets;
  const objects = (await Promise.all(named.map((ref) => objectsOf(ref, command, source)))).flat();
  return Promise.all(
    objects.slice(0, mostObjects).map(async (before) => {
      const revisions =
        risk.commandType === 'rollout undo' ? await replicaSetsOf(before, source.surroundings) : [];
      return { ref: refOf(before), before, after: afterByWords(before, risk, revisions) };
    }),
  );
}

async function objectsOf(
  ref: ObjectRef,
  { flags }: Command,
  { cluster, surroundings, signal }: ObjectSource,
): Promise<readonly KubeObject[]> {
  if (ref.name !== '*') {
    const object = await cluster.get(ref, signal);
    return object === undefined ? [] : [object];
  }
  const labelSelector = flags.get('selector');
  const fieldSelector = flags.get('field-selector');
  return surroundings.list(ref.kind, {
    ...(ref.namespace === undefined || ref.namespace === '*' ? {} : { namespace: ref.namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
}

function afterByWords(
  before: KubeObject,
  { commandType, argv }: RiskAssessment,
  replicaSets: readonly KubeObject[],
): KubeObject | undefined {
  if (commandType === 'delete') return undefined;
  if (commandType === 'drain' || commandType === 'cordon') {
    return { ...before, spec: { ...before['spec'], unschedulable: true } };
  }
  if (commandType === 'uncordon') {
    return { ...before, spec: { ...before['spec'], unschedulable: undefined } };
  }
  const patch = rolloutPatches[commandType];
  if (patch !== undefined) return strategicPatch(before, patch) as KubeObject;
  return objectAfter(before, argv, replicaSets) ?? before;
}

async function replicaSetsOf(
  deployment: KubeObject,
  surroundings: Surroundings,
): Promise<readonly KubeObject[]> {
  const labelSelector = labelSelectorText(deployment['spec']?.selector);
  const { namespace } = deployment.metadata;
  return labelSelector === undefined || namespace === undefined
    ? []
    : surroundings.list('ReplicaSet', { namespace, labelSelector });
}
