/** Follows one lead: the objects that it leads to, each with the words that say how. */
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { Lead } from './leads.ts';
import { originsOf, refOf, workloadOf } from './owners.ts';
import type { Search } from './search.ts';

/** An object that a lead leads to. */
export interface Found {
  readonly ref: ObjectRef;
  /** One clause: `label pod names Pod shop/checkout-1, which belongs to Deployment shop/checkout`. */
  readonly reason: string;
}

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
/** Where a name without a kind is looked for; the first that has it wins. */
const kindsOfName: readonly (readonly string[])[] = [
  workloads,
  ['Job', 'CronJob'],
  ['Service'],
  ['HorizontalPodAutoscaler', 'Ingress', 'PersistentVolumeClaim'],
  ['Pod'],
];

/** What a lead leads to, in the cluster as it is. What is gone leads to what its name was made from. */
export async function follow(search: Search, lead: Lead): Promise<Found[]> {
  const { kind } = lead;
  for (const [index, group] of (kind === undefined ? kindsOfName : [[kind]]).entries()) {
    const objects = await named(search, group, lead, index === 0);
    if (objects.length > 0) {
      return Promise.all(objects.map((object) => foundAt(search, object, lead.source)));
    }
  }
  if (kind === 'ReplicaSet' || kind === 'Job') return gone(search, lead, kind);
  if (kind !== undefined && kind !== 'Pod') return [];
  const origins = await gone(search, lead, 'Pod');
  // Some tools put the workload's name where they say pod.
  return origins.length === 0 && kind === 'Pod' ? noPod(search, lead) : origins;
}

async function named(
  search: Search,
  kinds: readonly string[],
  { name, namespaces }: Lead,
  needed = true,
): Promise<KubeObject[]> {
  return (await Promise.all(kinds.map((kind) => search.named(kind, name, namespaces, needed)))).flat();
}

async function foundAt(search: Search, object: KubeObject, source: string): Promise<Found> {
  const ref = refOf(object);
  const workload = await workloadOf(search, object);
  return workload.kind === ref.kind
    ? { ref, reason: `${source} names ${describeRef(ref)}` }
    : {
        ref: workload,
        reason: `${source} names ${describeRef(ref)}, which belongs to ${describeRef(workload)}`,
      };
}

async function gone(
  search: Search,
  { kind: saidKind, name, namespaces, source }: Lead,
  kind: 'Pod' | 'ReplicaSet' | 'Job',
): Promise<Found[]> {
  const found = await Promise.all(
    originsOf(kind, name).map((origin) =>
      search.named(origin.kind, origin.name, namespaces, saidKind !== undefined),
    ),
  );
  return found.flat().map((object) => ({
    ref: refOf(object),
    reason: `${source} names ${name}, which is gone; it was made from ${describeRef(refOf(object))}`,
  }));
}

async function noPod(search: Search, lead: Lead): Promise<Found[]> {
  const objects = await named(search, workloads, lead);
  return objects.map((object) => ({
    ref: refOf(object),
    reason: `${lead.source} names ${lead.name}, which is no pod but ${describeRef(refOf(object))}`,
  }));
}
