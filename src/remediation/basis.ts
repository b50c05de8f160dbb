/** Whether what a step was planned on still holds: the objects that it touches, and the finding that justifies it. */
import type { Cluster } from '../cluster/cluster.ts';
import { findingPresent } from '../diagnosis/finding-present.ts';
import { refOf } from '../diagnosis/pods.ts';
import { describeRef, sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { Step, StepBasis } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import { asksFor, wishOf, type Wish } from './spec-hash.ts';

/** What an object is, as far as a plan rests on it. */
export function basisOf(object: KubeObject): StepBasis {
  const { uid, generation } = object.metadata as { uid?: string; generation?: number };
  return {
    ...wishOf(object),
    ...(uid === undefined ? {} : { uid }),
    ...(generation === undefined ? {} : { generation }),
  };
}

/**
 * The first object that is no longer what the plan rests on: gone, replaced, or changed by somebody else.
 * @param own what this run itself left behind, by object the newest: the one change that a plan foresees
 * @param now the objects of `basis` that there are, as they are now
 */
export function changedBasis(
  basis: readonly StepBasis[],
  own: readonly Wish[],
  now: readonly KubeObject[],
): ObjectRef | undefined {
  return basis.find((planned) => {
    const object = now.find((one) => sameRef(refOf(one), planned.ref));
    if (object === undefined) return true;
    const left = own.find(({ ref }) => sameRef(ref, planned.ref));
    if (left !== undefined && asksFor(object, left.specHash)) return false;
    const { uid, generation } = basisOf(object);
    return (
      !asksFor(object, planned.specHash) ||
      differs(uid, planned.uid) ||
      differs(generation, planned.generation)
    );
  })?.ref;
}

/** What the run of these records left behind, the newest first. Pure. */
export function leftByRun(records: readonly JournalRecord[]): Wish[] {
  return records
    .flatMap((record) => (record.type === 'ExecutionFinished' ? [record.data.after ?? []] : []))
    .reverse()
    .flat();
}

export type Freshness =
  | { readonly state: 'fresh' }
  /** The objects are as they were, but the finding does not hold at this moment. */
  | { readonly state: 'not-seen'; readonly reason: string }
  /** The objects have changed, and what the step would fix is gone. */
  | { readonly state: 'gone'; readonly reason: string }
  | { readonly state: 'changed'; readonly reason: string; readonly basis: readonly StepBasis[] };

/**
 * Looks at the cluster again, right before the deed.
 * @throws OncallError where it cannot be read: what is not seen is not known to be as it was
 */
export async function freshness(
  cluster: Cluster,
  step: Pick<Step, 'basis' | 'finding' | 'risk'>,
  own: readonly Wish[],
  signal: AbortSignal,
): Promise<Freshness> {
  if (!step.risk.mutates) return { state: 'fresh' };
  const { basis = [], finding } = step;
  const [objects, present] = await Promise.all([
    Promise.all(basis.map(({ ref }) => cluster.get(ref, signal))),
    finding === undefined ? true : findingPresent(cluster, finding, signal),
  ]);
  const now = objects.filter((object) => object !== undefined);
  const changed = changedBasis(basis, own, now);
  const gone = finding && `${finding.name} on ${describeRef(finding.target)}`;
  if (changed === undefined) {
    return present
      ? { state: 'fresh' }
      : { state: 'not-seen', reason: `${gone} is not to be seen right now.` };
  }
  const what = `${describeRef(changed)} was changed since this step was planned`;
  return present
    ? { state: 'changed', reason: `${what}, by somebody else.`, basis: now.map(basisOf) }
    : { state: 'gone', reason: `${what}, and ${gone} is gone: there is nothing left to fix` };
}

function differs<T>(now: T | undefined, planned: T | undefined): boolean {
  return now !== undefined && planned !== undefined && now !== planned;
}
