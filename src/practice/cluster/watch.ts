/** Watches: what happened since a revision and what happens from now on, as one JSON event a line. */
import { badRequest, expired } from './failure.ts';
import type { JsonObject, KubeObject } from './object.ts';
import { selectionOf } from './listing.ts';
import { count, flag, type ApiRequest, type Target } from './request.ts';
import { apiVersionOf } from './resources.ts';
import type { Matcher } from './selectors.ts';
import type { Change, Store } from './store.ts';

/** How long a watch lives where the client does not say: half of what a real server allows at most. */
const defaultSeconds = 1800;
const bookmarkMilliseconds = 60_000;

/** Receives one watch event: an object, a bookmark or an error's Status. */
export type Send = (type: string, object: KubeObject | JsonObject) => void;

/**
 * Sends events until the client goes away or the watch's time is over.
 * @param send is called at once for what there is already
 * @returns resolves when the watch is over
 * @throws ApiFailure 400 for a malformed query, at once and before anything is sent
 */
export function watch(store: Store, target: Target, request: ApiRequest, send: Send): Promise<void> {
  const { query, signal } = request;
  const { storage } = target.resource;
  const matches = selectionOf(target, query);
  const seconds = count(query, 'timeoutSeconds') ?? defaultSeconds;
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version))
    throw badRequest(`Invalid value: ${JSON.stringify(version)}: resourceVersion is no number`);
  const wantsBookmarks = flag(query, 'allowWatchBookmarks');
  const bookmark = (annotations?: Record<string, string>): void => {
    const { kind } = target.resource;
    const metadata = { resourceVersion: String(store.revision), creationTimestamp: null, annotations };
    send('BOOKMARK', { kind, apiVersion: apiVersionOf(target.resource), metadata });
  };

  const startsFresh = flag(query, 'sendInitialEvents') || version === '' || version === '0';
  if (startsFresh) {
    for (const object of store.list(target.resource, matches)) send('ADDED', object);
    if (flag(query, 'sendInitialEvents') && wantsBookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else {
    const missed = store.changesSince(storage, Number(version));
    if (missed === undefined) {
      send('ERROR', expired(`too old resource version: ${version} (${store.revision})`).status);
      return Promise.resolve();
    }
    for (const change of missed) sendChange(change, matches, send);
  }

  return new Promise<void>((resolve) => {
    const stopListening = store.listen((change) => {
      if (change.storage === storage) sendChange(change, matches, send);
    });
    const bookmarks = wantsBookmarks ? setInterval(() => bookmark(), bookmarkMilliseconds) : undefined;
    const timeout = setTimeout(end, seconds * 1000);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      stopListening();
      clearInterval(bookmarks);
      clearTimeout(timeout);
      signal.removeEventListener('abort', end);
      resolve();
    }
    if (signal.aborted) end();
  });
}

/** An object that starts or stops matching is added or deleted in the eyes of this watch. */
function sendChange({ type, object, previous }: Change, matches: Matcher, send: Send): void {
  const before = previous !== undefined && matches(previous);
  const now = type !== 'DELETED' && matches(object);
  if (before && now) send('MODIFIED', object);
  else if (now) send('ADDED', object);
  else if (before) send('DELETED', withVersionOf(previous, object));
}

function withVersionOf(object: KubeObject, { metadata: { resourceVersion } }: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } } as KubeObject;
}
