/** Reads the source of a piece of evidence again, so that a person can look at it as it is now. */
import type { EvidenceSource } from '../domain/diagnosis.ts';
import { OncallError } from '../domain/error.ts';
import { describeRef, type KubeObject } from '../domain/kubernetes.ts';
import { newestEvents } from './events.ts';
import type { ReadableCluster } from './read.ts';
import { redacting } from './redacting.ts';

/** More than an analyst is given, and still bounded. */
const logLines = 500;
const events = 100;
const listed = 50;
/** Where the events of objects without a namespace are kept (client-go, tools/reference). */
const eventsOfNobody = 'default';

/** The sources that are in the cluster. */
export type ClusterSource = Extract<EvidenceSource, { type: 'object' | 'event' | 'logs' | 'list' }>;

/** What a source holds now, redacted. */
export type SourceNow =
  | { readonly type: 'object'; readonly object: KubeObject }
  /** Newest first. */
  | { readonly type: 'events'; readonly events: readonly KubeObject[] }
  | { readonly type: 'logs'; readonly text: string }
  | { readonly type: 'list'; readonly objects: readonly KubeObject[] };

/**
 * @throws OncallError `target-unknown` where the object is gone, and whatever the cluster refuses with
 */
export async function readSource(
  cluster: ReadableCluster,
  source: ClusterSource,
  signal: AbortSignal,
): Promise<SourceNow> {
  const safe = redacting(cluster);
  const { kind, name, namespace } = source.ref;
  switch (source.type) {
    case 'object': {
      const object = await safe.get(source.ref, signal);
      if (object === undefined) throw gone(describeRef(source.ref));
      return { type: 'object', object };
    }
    case 'event': {
      const selection = {
        namespace: namespace ?? eventsOfNobody,
        fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
      };
      return { type: 'events', events: await newestEvents(safe, selection, events, signal) };
    }
    case 'logs': {
      const { container, previous } = source;
      const request = { namespace: namespace ?? '', pod: name, container, previous, tailLines: logLines };
      return { type: 'logs', text: await safe.logs(request, signal) };
    }
    case 'list': {
      const { labelSelector, fieldSelector } = source;
      const selection = {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        limit: listed,
      };
      return { type: 'list', objects: await safe.list(kind, selection, signal) };
    }
  }
}

function gone(what: string): OncallError {
  return new OncallError(
    'target-unknown',
    `${what} does not exist any more`,
    'What the investigation kept of it is shown.',
  );
}
