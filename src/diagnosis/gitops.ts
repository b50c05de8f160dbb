/** Whether something in Git decides what an object says: what is changed beside it there is changed back. */
import type { ActionName, ActionProposal } from '../domain/action.ts';
import { describeRef, sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { refOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The marks that the tools leave on what they apply: Argo CD's resource tracking by annotation or by label,
 * Flux's labels of its Kustomize and Helm controllers.
 */
const marks: readonly (readonly [place: 'annotations' | 'labels', key: string, tool: string])[] = [
  ['annotations', 'argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['labels', 'argocd.argoproj.io/instance', 'Argo CD'],
  ['labels', 'kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['labels', 'helm.toolkit.fluxcd.io/name', 'Flux'],
];

/** These leave what Git says as it is. */
const leavesAsItIs: ReadonlySet<ActionName> = new Set<ActionName>(['restart_pod', 'restart_deployment']);

export interface Kept {
  readonly proposals: readonly ActionProposal[];
  /** For people: one sentence for each object that Git decides about and that a proposal would have changed. */
  readonly notes: readonly string[];
}

/**
 * Takes out what would be changed back: a change of an object that Argo CD or Flux applies from Git.
 * @param about the object that a proposal is about; undefined where it may be any
 */
export function leaveToGit(
  proposals: readonly ActionProposal[],
  snapshot: Snapshot,
  about: (proposal: ActionProposal) => ObjectRef | undefined,
): Kept {
  const objects = [snapshot.object, snapshot.workload, ...snapshot.services.map(({ service }) => service)];
  const owned = objects.flatMap((object) => (object === undefined ? [] : ownerOf(object)));
  const notes = new Set<string>();
  const kept = proposals.filter((proposal) => {
    if (leavesAsItIs.has(proposal.action)) return true;
    const object = about(proposal);
    const owner = owned.find(({ ref }) => object === undefined || sameRef(ref, object));
    if (owner === undefined) return true;
    notes.add(
      `${owner.tool} applies ${describeRef(owner.ref)} from Git (${owner.mark}) and takes back what kubectl changes: put it right in Git.`,
    );
    return false;
  });
  return { proposals: kept, notes: [...notes] };
}

function ownerOf(object: KubeObject): { ref: ObjectRef; tool: string; mark: string }[] {
  const found = marks.find(([place, key]) => object.metadata[place]?.[key] !== undefined);
  return found === undefined ? [] : [{ ref: refOf(object), tool: found[2], mark: found[1] }];
}
