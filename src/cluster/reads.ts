/** Reading objects, lists and logs. */
import { OncallError } from '../domain/error.ts';
import { describeRef, type KubeObject, type ObjectMeta, type ObjectRef } from '../domain/kubernetes.ts';
import type { LogRequest, Selection } from './cluster.ts';
import type { RequestPurpose } from './failure.ts';
import type { Reply, Requests } from './requests.ts';
import { collectionPath, objectPath, resourceOf } from './resources.ts';

/** Objects asked for at once; a longer list is fetched in pages. */
const pageSize = 500;
/** Bytes of one log that are read at most, whatever the length of its lines. */
const logBytes = 256 * 1024;

interface ListBody {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly KubeObject[] | null;
}

/** What stands in front of an API server answers with JSON too, such as `{}`: that nothing is in it says nothing. */
function isList(body: unknown): body is ListBody {
  const items = (body as Partial<ListBody> | null)?.items;
  return items === null || Array.isArray(items);
}

/**
 * The object of an answer; undefined where the API server says that there is none.
 * @throws OncallError `cluster-unreachable` where it is neither: what says "not found" may be a proxy in front of it
 */
export function objectIn(
  requests: Requests,
  ref: ObjectRef,
  { status, body }: Reply,
): KubeObject | undefined {
  const answer = requests.parse<Partial<KubeObject> | null>(body);
  if (status === 404) {
    if (answer?.kind === 'Status') return undefined;
  } else if (answer?.metadata?.name === ref.name) return { ...(answer as KubeObject), kind: ref.kind };
  throw requests.strange();
}

/** The purpose of a request, in words for errors. */
export function purposeOf(verb: string, plural: string, namespace: string | undefined): RequestPurpose {
  return { verb, what: namespace === undefined ? plural : `${plural} in namespace ${namespace}` };
}

/** See `Cluster.get`. */
export async function getObject(
  requests: Requests,
  ref: ObjectRef,
  signal?: AbortSignal,
): Promise<KubeObject | undefined> {
  const request = { method: 'GET' as const, path: objectPath(ref), verb: 'get', what: describeRef(ref) };
  return objectIn(requests, ref, await requests.reply(request, signal, [404]));
}

/** The API server leaves everything out but the metadata: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** See `Cluster.metadata`. */
export async function getMetadata(
  requests: Requests,
  ref: ObjectRef,
  signal?: AbortSignal,
): Promise<ObjectMeta | undefined> {
  const request = { method: 'GET' as const, path: objectPath(ref), verb: 'get', what: describeRef(ref) };
  const reply = await requests.reply({ ...request, accept: metadataOnly }, signal, [404]);
  return objectIn(requests, ref, reply)?.metadata;
}

/** Objects and the version of the collection to watch from. Items of a list carry no kind of their own: it is put in. */
export async function listAll(
  requests: Requests,
  kind: string,
  selection: Selection,
  signal?: AbortSignal,
): Promise<{ items: KubeObject[]; resourceVersion: string | undefined }> {
  const items: KubeObject[] = [];
  let next: string | undefined;
  for (;;) {
    const room =
      selection.limit === undefined ? pageSize : Math.min(pageSize, selection.limit - items.length);
    const page = await requests.json<unknown>(
      {
        method: 'GET',
        path: collectionPath(kind, selection.namespace),
        query: {
          labelSelector: selection.labelSelector,
          fieldSelector: selection.fieldSelector,
          limit: room,
          continue: next,
        },
        ...purposeOf('list', resourceOf(kind).plural, selection.namespace),
      },
      signal,
    );
    if (!isList(page)) throw requests.strange();
    for (const item of page.items ?? []) items.push({ ...item, kind });
    next = page.metadata?.continue || undefined;
    const full = selection.limit !== undefined && items.length >= selection.limit;
    if (next === undefined || full) {
      return { items: items.slice(0, selection.limit), resourceVersion: page.metadata?.resourceVersion };
    }
  }
}

/** See `Cluster.logs`. */
export async function readLogs(requests: Requests, log: LogRequest, signal?: AbortSignal): Promise<string> {
  const { body } = await requests.reply(
    {
      method: 'GET',
      path: `${objectPath({ kind: 'Pod', namespace: log.namespace, name: log.pod })}/log`,
      query: {
        container: log.container,
        previous: log.previous === true ? true : undefined,
        tailLines: log.tailLines,
        limitBytes: logBytes,
      },
      verb: 'read',
      what: `the ${log.previous === true ? 'previous ' : ''}log of container ${log.container} in Pod ${log.namespace}/${log.pod}`,
    },
    signal,
  );
  return body;
}

/**
 * See `Cluster.check`. `/version` is open to everybody; `/api` is open to whoever is known (ClusterRole system:discovery),
 * so that anonymous access is told from a working sign-in.
 */
export async function checkServer(requests: Requests, signal?: AbortSignal): Promise<string> {
  const ask = (path: string): Parameters<Requests['json']>[0] => ({
    method: 'GET',
    path,
    verb: 'get',
    what: path,
  });
  const [version, discovery] = await Promise.all([
    requests.json<{ gitVersion?: string }>(ask('/version'), signal),
    requests.reply(ask('/api'), signal, [403]),
  ]);
  if (discovery.status === 403) {
    throw new OncallError(
      'cluster-unauthorized',
      `The API server ${requests.place.server} takes the user of context "${requests.place.context}" for nobody`,
      'Sign in to the cluster again: the kubeconfig gives no credentials that it knows.',
    );
  }
  return version.gitVersion ?? 'unknown version';
}
