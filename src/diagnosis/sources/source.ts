/** What the readers of a target's surroundings share. Each asks for what the target leads to, by name or selector, and within a limit. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { newestEvents } from '../events.ts';
import type { ReadableCluster, Reader } from '../read.ts';

/** Where to read, and how a failure is taken. */
export interface Place {
  readonly cluster: ReadableCluster;
  readonly namespace: string;
  readonly reader: Reader;
}

/** What a look at one object gave. "Could not be read" is neither there nor gone. */
export type Seen = KubeObject | 'absent' | 'unreadable';

/** Objects of one kind that are looked at more closely. */
export const closerLooks = 5;

/** Objects of one list at most: of small ones that are few anywhere, and of pods and Jobs. */
export const listLimit = 500;
const largeLimit = 100;
const large = new Set(['Pod', 'Job', 'Node']);

export function look({ cluster, reader }: Place, ref: ObjectRef): Promise<Seen> {
  return reader<Seen>(
    describeRef(ref),
    'unreadable',
    async (signal) => (await cluster.get(ref, signal)) ?? 'absent',
  );
}

/** One object; undefined where it does not exist or cannot be read. */
export async function read(place: Place, ref: ObjectRef): Promise<KubeObject | undefined> {
  const seen = await look(place, ref);
  return typeof seen === 'string' ? undefined : seen;
}

/** Objects of the namespace; undefined where they cannot be read. */
export function listHere(
  place: Place,
  kind: string,
  narrow: { labelSelector?: string; fieldSelector?: string } = {},
): Promise<KubeObject[] | undefined> {
  const { cluster, namespace, reader } = place;
  return reader<KubeObject[] | undefined>(`${several(kind)} in namespace ${namespace}`, undefined, (signal) =>
    cluster.list(kind, { namespace, limit: large.has(kind) ? largeLimit : listLimit, ...narrow }, signal),
  );
}

/** `Ingresses`, `NetworkPolicies`, `Roles`. */
function several(kind: string): string {
  if (/ss$/.test(kind)) return `${kind}es`;
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** Objects of a kind that belongs to no namespace; undefined where they cannot be read. */
export function listAll({ cluster, reader }: Place, kind: string): Promise<KubeObject[] | undefined> {
  return reader<KubeObject[] | undefined>(several(kind), undefined, (signal) =>
    cluster.list(kind, { limit: large.has(kind) ? largeLimit : listLimit }, signal),
  );
}

/** As many events of one object as tell what goes on. */
const mostEvents = 20;

/** The newest events of one object. */
export async function eventsOf(place: Place, { kind, name }: ObjectRef): Promise<readonly KubeObject[]> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  return place.reader<KubeObject[]>(`Events of ${kind} ${place.namespace}/${name}`, [], (signal) =>
    newestEvents(place.cluster, { namespace: place.namespace, fieldSelector }, mostEvents, signal),
  );
}

export function exists(seen: Seen | undefined): seen is KubeObject {
  return seen !== undefined && typeof seen !== 'string';
}
