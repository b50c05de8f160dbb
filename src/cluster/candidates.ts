/** What is offered to a person where no one object can be told: with reasons, and never taken by itself. */
import type { TargetCandidate } from '../domain/incident.ts';
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { Found } from './lookup.ts';
import { refOf } from './owners.ts';
import type { Search } from './search.ts';

/** More than this nobody compares. */
const maxCandidates = 10;
/** Workloads of one kind and namespace that are looked at. */
const maxWorkloads = 100;

/** The objects that an alert fits equally well, each with how it is. */
export async function candidatesFrom(search: Search, found: readonly Found[]): Promise<TargetCandidate[]> {
  return Promise.all(
    found.slice(0, maxCandidates).map(async ({ ref, reason }) => {
      const object = await search.get(ref);
      const state = object === undefined ? '' : stateOf(object);
      return { target: targetOf(search, ref), reason: state === '' ? reason : `${reason}; ${state}` };
    }),
  );
}

/** Where an alert names a namespace and nothing in it that exists: the workloads there that are not as they should be. */
export async function unwellIn(search: Search, namespaces: readonly string[]): Promise<TargetCandidate[]> {
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) =>
        search.list(kind, { namespace, limit: maxWorkloads }),
      ),
    ),
  );
  return lists
    .flat()
    .filter(isUnwell)
    .slice(0, maxCandidates)
    .map((object) => ({
      target: targetOf(search, refOf(object)),
      reason: `the alert names namespace ${object.metadata.namespace ?? ''}, and there ${describeRef(refOf(object))} is in trouble; ${stateOf(object)}`,
    }));
}

/** A target in the cluster that is searched. */
export function targetOf({ context }: Search, ref: ObjectRef): TargetCandidate['target'] {
  return { kind: ref.kind, namespace: ref.namespace ?? '', name: ref.name, context };
}

interface Count {
  readonly ready: number;
  readonly wanted: number;
}

/** Ready and wanted pods, by the status fields of the apps/v1 workloads. */
function countOf({ kind, spec, status }: KubeObject): Count | undefined {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
      return { ready: status?.readyReplicas ?? 0, wanted: spec?.replicas ?? 1 };
    case 'DaemonSet':
      return { ready: status?.numberReady ?? 0, wanted: status?.desiredNumberScheduled ?? 0 };
    default:
      return undefined;
  }
}

function isUnwell(object: KubeObject): boolean {
  const count = countOf(object);
  return count !== undefined && count.ready < count.wanted;
}

function stateOf(object: KubeObject): string {
  const count = countOf(object);
  return count === undefined ? '' : `${count.ready} of ${count.wanted} pods are ready`;
}
