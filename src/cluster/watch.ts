/**
 * List, then watch from there, as the Kubernetes API asks for
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isOncallError } from '../domain/error.ts';
import type { KubeObject } from '../domain/kubernetes.ts';
import { within } from '../domain/time-limit.ts';
import type { Selection } from './cluster.ts';
import { refusal } from './failure.ts';
import type { Requests } from './requests.ts';
import { collectionPath, resourceOf } from './resources.ts';
import { listAll, purposeOf } from './reads.ts';

/** Milliseconds before the first and at most before any later attempt to resume. */
const firstDelay = 250;
const longestDelay = 10_000;
/**
 * A watch that brings nothing for so long (milliseconds) is opened anew, from where it was: nobody can tell a quiet cluster from a
 * connection that is dead at the other end.
 */
const longestSilence = 30_000;
/** Characters of one event at most; the API server takes no object of a tenth of it. */
const longestLine = 32 * 1024 * 1024;
/** Seconds after which the server is to end a watch, so that none outlives a silent network for long. */
const watchSeconds = 240;

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** What ended one watch: the server, soon, or after a while as watches end (resume both), or history that is gone (list again). */
type Ending = 'closed' | 'lasted' | 'expired';

/** See `Cluster.watch`. Errors of the first list, and later refusals of our rights, are thrown; a lost connection is not. */
export async function watchAll(
  requests: Requests,
  kind: string,
  selection: Selection,
  onChange: (objects: readonly KubeObject[]) => void,
  signal: AbortSignal,
  silentMs = longestSilence,
): Promise<void> {
  const objects = new Map<string, KubeObject>();
  const report = (): void => {
    if (!signal.aborted) onChange([...objects.values()]);
  };
  const at: { version: string | undefined } = { version: undefined };
  const list = async (): Promise<void> => {
    const { items, resourceVersion } = await listAll(requests, kind, selection, signal);
    objects.clear();
    for (const item of items) objects.set(keyOf(item), item);
    at.version = resourceVersion;
    report();
  };
  let failures = 0;
  const follow = async (): Promise<Ending> => {
    const from = { kind, selection, resourceVersion: at.version ?? '0' };
    const ending = await followOnce(requests, from, silentMs, signal, (event) => {
      failures = 0;
      at.version = event.object.metadata.resourceVersion ?? at.version;
      if (event.type === 'BOOKMARK') return;
      if (event.type === 'DELETED') objects.delete(keyOf(event.object));
      else objects.set(keyOf(event.object), { ...event.object, kind });
      report();
    });
    return ending;
  };

  try {
    await list();
    while (!signal.aborted) {
      try {
        if (at.version === undefined) await list();
        const ending = await follow();
        if (ending === 'expired') at.version = undefined;
        if (ending === 'lasted') failures = 0;
      } catch (error) {
        if (!isOncallError(error) || error.code !== 'cluster-unreachable') throw error;
      }
      // Also after an orderly end: a server that ends every watch at once is not asked in a tight loop.
      if (!signal.aborted) {
        await delay(Math.min(firstDelay * 2 ** failures, longestDelay), undefined, { signal });
        failures++;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function followOnce(
  requests: Requests,
  {
    kind,
    selection,
    resourceVersion,
  }: { readonly kind: string; readonly selection: Selection; readonly resourceVersion: string },
  silentMs: number,
  signal: AbortSignal,
  onEvent: (event: WatchEvent) => void,
): Promise<Ending> {
  const request = {
    method: 'GET' as const,
    path: collectionPath(kind, selection.namespace),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: watchSeconds,
      resourceVersion,
      labelSelector: selection.labelSelector,
      fieldSelector: selection.fieldSelector,
    },
    ...purposeOf('watch', resourceOf(kind).plural, selection.namespace),
  };
  const connection = new AbortController();
  const hangUp = () => connection.abort(signal.reason);
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const answer = await requests.open(request, connection.signal);
    if (answer.status === 410) return 'expired';
    if (answer.status !== 200) {
      const body = await requests.rest(request, answer, connection.signal);
      throw refusal(requests.place, answer.status, body, request);
    }
    const stream = answer.stream();
    if (stream === null) return 'closed';
    const since = performance.now();
    for await (const line of linesOf(stream, silentMs, connection.signal)) {
      if (signal.aborted) return 'closed';
      const event = parseEvent(line);
      if (event === undefined) return 'closed';
      // 410 Gone for the most part; after any other error, too, a fresh list is what can be relied on.
      if (event.type === 'ERROR') return 'expired';
      onEvent(event);
    }
    return performance.now() - since < silentMs ? 'closed' : 'lasted';
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/** A line that is cut off by a lost connection is no event; the watch resumes before it. */
function parseEvent(line: string): WatchEvent | undefined {
  try {
    return JSON.parse(line) as WatchEvent;
  } catch {
    return undefined;
  }
}

/** The lines until the stream ends, breaks off, or brings no whole line for `silentMs`. */
async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  silentMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  const reader = stream.getReader();
  let heard = performance.now();
  try {
    for (;;) {
      const left = heard + silentMs - performance.now();
      const { done, value } = await within(Math.max(0, left), signal, () => reader.read()).catch(
        () => ({ done: true, value: undefined }) as const,
      );
      if (done) return;
      pending += decoder.decode(value, { stream: true });
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      if (pending.length > longestLine) return;
      for (const line of lines) {
        if (line.trim() === '') continue;
        heard = performance.now();
        yield line;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
