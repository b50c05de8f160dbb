/** From what an alert says to the object that exists: hints are untrusted, checked against the cluster, and never guessed between. */
import { isOncallError } from '../domain/error.ts';
import {
  describeRef,
  sameRef,
  type KubeObject,
  type ObjectRef,
  type OwnerReference,
  type Target,
} from '../domain/kubernetes.ts';
import type { TargetHint } from '../domain/incident.ts';
import type { Cluster } from './cluster.ts';
import { isLabelName, isSubdomainName } from './names.ts';
import { canonicalKind } from './resources.ts';

export type TargetResolution =
  | { readonly target: Target; readonly reason: string }
  /** `candidates` holds what it might be: several, or none. */
  | { readonly target: undefined; readonly candidates: readonly Target[]; readonly reason: string };

/** A hint whose parts can stand in a request. */
interface Lead {
  readonly kind: string | undefined;
  readonly name: string;
  /** Where to look; empty means in all namespaces. */
  readonly namespaces: readonly string[];
  readonly source: string;
}

interface Found {
  readonly ref: ObjectRef & { readonly namespace: string };
  readonly reason: string;
}

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
/** Objects that are remedied themselves; a pod or ReplicaSet stands for its owner. */
const tiers: readonly (readonly (string | undefined)[])[] = [
  [...workloads, 'ReplicaSet', 'Job', 'CronJob'],
  ['Pod'],
  ['Service'],
  [undefined],
];
/** Objects of one name that are read at most when the namespace is not known. */
const acrossNamespaces = 5;

/**
 * Finds the object that an incident is about. Trusted hints count before others, and among those the ones that name a workload
 * before a pod, a Service or only a name; equals must agree. A pod that is gone leads to the workload that its name was made from.
 * @throws OncallError when the cluster cannot be asked
 */
export async function resolveTarget(
  cluster: Cluster,
  hints: readonly TargetHint[],
  signal: AbortSignal,
): Promise<TargetResolution> {
  const leads = leadsFrom(hints);
  const denied: string[] = [];
  for (const trust of [0, 1, 2, 3]) {
    for (const tier of tiers) {
      const here = leads.filter(({ kind, source }) => tier.includes(kind) && trustOf(source) === trust);
      const found = (await Promise.all(here.map((lead) => look(cluster, lead, signal, denied)))).flat();
      const distinct = found.filter(
        (one, index) => found.findIndex((other) => sameRef(one.ref, other.ref)) === index,
      );
      const [only, another] = distinct;
      if (only !== undefined && another === undefined) {
        return { target: { ...only.ref, context: cluster.context }, reason: only.reason };
      }
      if (only !== undefined) {
        return {
          target: undefined,
          candidates: distinct.map(({ ref }) => ({ ...ref, context: cluster.context })),
          reason: `The alert fits several objects: ${distinct.map(({ ref }) => describeRef(ref)).join(', ')}`,
        };
      }
    }
    // What we may not look at could be the right one: a lesser hint does not take its place.
    if (denied.length > 0) break;
  }
  return { target: undefined, candidates: [], reason: whyNothing(leads, denied) };
}

/** What the caller names outright, then what monitoring tools label, then what people wrote into a title, then a mere likeness of names. */
function trustOf(source: string): number {
  if (source === 'target of the alert') return 0;
  if (source === 'title') return 2;
  return source === 'PagerDuty service' ? 3 : 1;
}

function leadsFrom(hints: readonly TargetHint[]): Lead[] {
  const known = [
    ...new Set(
      hints.flatMap(({ namespace }) =>
        namespace !== undefined && isLabelName(namespace) ? [namespace] : [],
      ),
    ),
  ];
  return hints.flatMap((hint) => {
    if (hint.name === undefined || !isSubdomainName(hint.name)) return [];
    if (hint.namespace !== undefined && !isLabelName(hint.namespace)) return [];
    const kind = hint.kind === undefined ? undefined : canonicalKind(hint.kind);
    const usable = kind === undefined || tiers.some((tier) => tier.includes(kind));
    if ((hint.kind !== undefined && kind === undefined) || !usable) return [];
    return [
      {
        kind,
        name: hint.name,
        namespaces: hint.namespace === undefined ? known : [hint.namespace],
        source: hint.source,
      },
    ];
  });
}

/** What a lead leads to. A place where we may not look is noted in `denied`. */
async function look(cluster: Cluster, lead: Lead, signal: AbortSignal, denied: string[]): Promise<Found[]> {
  const find = (kind: string, name: string): Promise<KubeObject[]> =>
    findNamed(cluster, kind, name, lead.namespaces, signal, denied);
  if (lead.kind === undefined) {
    const direct = (await Promise.all(workloads.map((kind) => find(kind, lead.name)))).flat();
    if (direct.length > 0) return direct.map((object) => named(object, lead));
    const services = await find('Service', lead.name);
    if (services.length > 0) return services.map((object) => named(object, lead));
  } else if (lead.kind !== 'Pod') {
    const objects = await find(lead.kind, lead.name);
    if (objects.length > 0) {
      return Promise.all(objects.map((object) => ownerOf(cluster, object, lead, signal)));
    }
    if (lead.kind !== 'ReplicaSet') return [];
  }
  const pods = await find('Pod', lead.name);
  if (pods.length > 0) return Promise.all(pods.map((pod) => ownerOf(cluster, pod, lead, signal)));
  return (
    await Promise.all(
      originsOf(lead.name).map(async ({ kind, name }) =>
        (await find(kind, name)).map((object) => ({
          ref: refOf(object),
          reason: `${lead.source} names ${lead.name}, which is gone; it was made from ${describeRef(refOf(object))}`,
        })),
      ),
    )
  ).flat();
}

async function findNamed(
  cluster: Cluster,
  kind: string,
  name: string,
  namespaces: readonly string[],
  signal: AbortSignal,
  denied: string[],
): Promise<KubeObject[]> {
  try {
    if (namespaces.length === 0) {
      const selection = { fieldSelector: `metadata.name=${name}`, limit: acrossNamespaces };
      return await cluster.list(kind, selection, signal);
    }
    const found = await Promise.all(
      namespaces.map((namespace) => cluster.get({ kind, namespace, name }, signal)),
    );
    return found.filter((object) => object !== undefined);
  } catch (error) {
    if (!isOncallError(error) || error.code !== 'cluster-forbidden') throw error;
    denied.push(error.message);
    return [];
  }
}

/** The workload at the end of the owner references: a pod's ReplicaSet's Deployment. */
async function ownerOf(
  cluster: Cluster,
  object: KubeObject,
  lead: Lead,
  signal: AbortSignal,
): Promise<Found> {
  let ref = refOf(object);
  let current: KubeObject | undefined = object;
  while (current !== undefined && (ref.kind === 'Pod' || ref.kind === 'ReplicaSet')) {
    const owner: OwnerReference | undefined = current.metadata.ownerReferences?.find(
      ({ controller }) => controller === true,
    );
    if (owner === undefined || canonicalKind(owner.kind) !== owner.kind) break;
    ref = { kind: owner.kind, namespace: ref.namespace, name: owner.name };
    current = owner.kind === 'ReplicaSet' ? await readable(cluster, ref, signal) : undefined;
  }
  if (ref.kind === object.kind) return named(object, lead);
  return {
    ref,
    reason: `${lead.source} names ${describeRef(refOf(object))}, which belongs to ${describeRef(ref)}`,
  };
}

async function readable(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await cluster.get(ref, signal);
  } catch (error) {
    if (isOncallError(error) && error.code === 'cluster-forbidden') return undefined;
    throw error;
  }
}

/**
 * What a pod's (or ReplicaSet's) name may have been made from. Deployments add a hash and five characters, StatefulSets an ordinal,
 * DaemonSets five characters (https://kubernetes.io/docs/concepts/workloads/controllers/).
 */
function originsOf(name: string): { kind: string; name: string }[] {
  const forms: [kind: string, form: RegExp][] = [
    ['Deployment', /^(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}$/],
    ['Deployment', /^(.+)-(?=[a-z]*\d)[a-z0-9]{8,10}$/],
    ['StatefulSet', /^(.+)-\d+$/],
    ['DaemonSet', /^(.+)-[a-z0-9]{5}$/],
  ];
  return forms.flatMap(([kind, form]) => {
    const origin = form.exec(name)?.[1];
    return origin === undefined || !isSubdomainName(origin) ? [] : [{ kind, name: origin }];
  });
}

function refOf(object: KubeObject): ObjectRef & { namespace: string } {
  return { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

function named(object: KubeObject, lead: Lead): Found {
  return { ref: refOf(object), reason: `${lead.source} names ${describeRef(refOf(object))}` };
}

function whyNothing(leads: readonly Lead[], denied: readonly string[]): string {
  if (denied.length > 0)
    return `What the alert names could not be looked up: ${[...new Set(denied)].join('; ')}`;
  if (leads.length === 0) return 'The alert names no Kubernetes object';
  const names = leads.map(({ kind, name, source }) => `${kind ?? 'object'} ${name} (${source})`);
  return `Nothing that the alert names exists in the cluster: ${[...new Set(names)].join(', ')}`;
}
