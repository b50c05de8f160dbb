/** Lists: selected, in pages, under the revision they were read at. */
import { badRequest, expired } from './failure.ts';
import type { KubeObject, JsonObject } from './object.ts';
import { count, type ApiRequest, type Target } from './request.ts';
import { fieldSelector, labelSelector, type Matcher } from './selectors.ts';
import type { Store } from './store.ts';

export interface Page {
  readonly items: readonly KubeObject[];
  readonly metadata: JsonObject;
}

/** What a list or watch is restricted to by its path and selectors. */
export function selectionOf(target: Target, query: URLSearchParams): Matcher {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', target.resource.storage);
  const { namespace, name } = target;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object) &&
    fields(object);
}

/**
 * A page continues after the last key of the one before, in the present state: a list that changes between two pages
 * is not a snapshot.
 * @throws ApiFailure 400, or 410 where the list that is continued is too old
 */
export function page(store: Store, target: Target, { query }: ApiRequest): Page {
  const matches = selectionOf(target, query);
  const limit = count(query, 'limit') ?? 0;
  const token = query.get('continue') ?? '';
  const from = token === '' ? undefined : decode(token);
  if (from !== undefined && store.changesSince(target.resource.storage, from.revision) === undefined) {
    throw expired('The provided continue parameter is too old to display a consistent list result.');
  }
  const all = store.list(
    target.resource,
    (object) => (from === undefined || keyOf(object) > from.key) && matches(object),
  );
  const items = limit > 0 ? all.slice(0, limit) : all;
  const last = items.at(-1);
  const revision = from?.revision ?? store.revision;
  if (last === undefined || items.length === all.length) {
    return { items, metadata: { resourceVersion: String(revision) } };
  }
  const next = Buffer.from(JSON.stringify({ revision, key: keyOf(last) })).toString('base64url');
  return {
    items,
    metadata: {
      resourceVersion: String(revision),
      continue: next,
      remainingItemCount: all.length - items.length,
    },
  };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function decode(token: string): { revision: number; key: string } {
  try {
    const { revision, key } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    if (typeof revision === 'number' && typeof key === 'string') return { revision, key };
  } catch {
    // Answered below, as a token of the wrong shape is.
  }
  throw badRequest('continue key is not valid');
}
