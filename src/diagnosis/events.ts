/** Reading events (core/v1 Event). */
import type { KubeObject } from '../domain/kubernetes.ts';
import type { ReadableCluster } from './read.ts';

/** Events of one object that are read at most: the same thing again raises a count, so that there are never so many. */
const mostRead = 500;

/** When an event was last seen, ISO 8601; events of the newer kind have `eventTime` only. */
export function eventTime(event: KubeObject): string {
  return String(
    event['series']?.lastObservedTime ??
      event['lastTimestamp'] ??
      event['eventTime'] ??
      event.metadata.creationTimestamp ??
      '',
  );
}

/**
 * The newest events that a field selector matches, newest first. The API server lists them by name, not by time, so that asking
 * for a few only would give any few; and it looks through all events of the namespace in pieces of the limit, which makes
 * small limits slow (k8s.io/apiserver, storage/etcd3).
 * @param most as many of them as are wanted
 */
export async function newestEvents(
  cluster: Pick<ReadableCluster, 'list'>,
  selection: { readonly namespace?: string; readonly fieldSelector: string },
  most: number,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const events = await cluster.list('Event', { ...selection, limit: mostRead }, signal);
  return events.toSorted((a, b) => eventTime(b).localeCompare(eventTime(a))).slice(0, most);
}
