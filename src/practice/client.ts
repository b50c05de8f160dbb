/**
 * A small Kubernetes API client: enough to be a controller, a kubelet or somebody who breaks things on purpose.
 * It knows nothing of the server that it talks to: practice cluster and real control plane are the same to it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { KubeError, Transport } from './transport.ts';
import type { Connection } from './transport.ts';
import type { KubeObject, Resource } from './objects.ts';

export { KubeError };
export type { Connection };

export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Change<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
}

export type PatchType = 'merge' | 'strategic' | 'json';

const patchContentTypes: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

const pauseBeforeReconnect = 250;

interface ObjectList<T> {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items?: T[] | null;
}

export class KubeClient {
  readonly #transport: Transport;

  constructor(connection: Connection) {
    this.#transport = new Transport(connection);
  }

  /** Closes its connections; watches end with their own signals. */
  close(): void {
    this.#transport.close();
  }

  /** Names of the API groups that the server has, its own and those of others. */
  async groups(signal?: AbortSignal): Promise<string[]> {
    const { groups } = await this.#transport.json<{ groups?: { name: string }[] }>('GET', '/apis', {
      signal,
    });
    return (groups ?? []).map(({ name }) => name);
  }

  /** @returns undefined where the object does not exist */
  async get<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.#transport.json<T>('GET', address(resource, namespace, name), { signal });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection = {},
    signal?: AbortSignal,
  ): Promise<T[]> {
    return (await this.#list(resource, selection, signal)).items;
  }

  /** @throws KubeError `AlreadyExists` where an object of that name exists */
  create<T extends KubeObject>(resource: Resource<T>, object: T, signal?: AbortSignal): Promise<T> {
    const { apiVersion, kind } = resource;
    return this.#transport.json<T>('POST', address(resource, object.metadata.namespace), {
      body: { ...object, apiVersion, kind },
      signal,
    });
  }

  /** Creates below an object, such as a pod's binding. */
  async createBelow<T extends KubeObject>(
    resource: Resource<T>,
    object: KubeObject,
    subresource: string,
    body: object,
  ): Promise<void> {
    await this.#transport.json(
      'POST',
      address(resource, object.metadata.namespace, object.metadata.name, subresource),
      {
        body,
      },
    );
  }

  /**
   * Replaces an object, or its status.
   * @throws KubeError `Conflict` where it was changed since its resourceVersion
   */
  update<T extends KubeObject>(resource: Resource<T>, object: T, subresource?: 'status'): Promise<T> {
    const { apiVersion, kind } = resource;
    const { namespace, name } = object.metadata;
    return this.#transport.json<T>('PUT', address(resource, namespace, name, subresource), {
      body: { ...object, apiVersion, kind },
    });
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    patch: object,
    options: { type?: PatchType; subresource?: string; signal?: AbortSignal } = {},
  ): Promise<T> {
    return this.#transport.json<T>('PATCH', address(resource, namespace, name, options.subresource), {
      body: patch,
      contentType: patchContentTypes[options.type ?? 'merge'],
      signal: options.signal,
    });
  }

  /**
   * Deletes one object; one that is not there counts as deleted.
   * @param options.uid deletes only that very object, not a later one of the same name
   */
  async delete<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: {
      gracePeriodSeconds?: number;
      uid?: string;
      propagationPolicy?: string;
      signal?: AbortSignal;
    } = {},
  ): Promise<void> {
    try {
      await this.#transport.json('DELETE', address(resource, namespace, name), {
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: options.gracePeriodSeconds,
          propagationPolicy: options.propagationPolicy,
          preconditions: options.uid === undefined ? undefined : { uid: options.uid },
        },
        signal: options.signal,
      });
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404)) throw error;
    }
  }

  /**
   * Reports every object of a selection and then every change, until `signal` aborts; then it resolves.
   * After a disconnect or a version too old it lists again and reports what differs, so nothing is missed.
   */
  async watch<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection,
    onChange: (change: Change<T>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const known = new Map<string, T>();
    let version: string | undefined;
    while (!signal.aborted) {
      try {
        version ??= await this.#relist(resource, selection, known, onChange, signal);
        version = await this.#follow(resource, selection, version, known, onChange, signal);
      } catch {
        version = undefined;
        await delay(pauseBeforeReconnect, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #relist<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection,
    known: Map<string, T>,
    onChange: (change: Change<T>) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { items, version } = await this.#list(resource, selection, signal);
    const present = new Set(items.map(keyOf));
    for (const [key, object] of known) {
      if (present.has(key)) continue;
      known.delete(key);
      onChange({ type: 'deleted', object });
    }
    for (const object of items) remember(known, object, onChange);
    return version;
  }

  /** @returns the version to go on from, undefined where only a new list helps */
  async #follow<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection,
    from: string,
    known: Map<string, T>,
    onChange: (change: Change<T>) => void,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const query = {
      ...queryOf(selection),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
    };
    const response = await this.#transport.request('GET', address(resource, selection.namespace), {
      query,
      signal,
    });
    let version = from;
    for await (const line of lines(response)) {
      const event = JSON.parse(line) as { type: string; object: T };
      if (event.type === 'ERROR') return undefined;
      version = event.object.metadata.resourceVersion ?? version;
      if (event.type === 'DELETED') {
        known.delete(keyOf(event.object));
        onChange({ type: 'deleted', object: event.object });
      } else if (event.type !== 'BOOKMARK') {
        remember(known, event.object, onChange);
      }
    }
    return version;
  }

  async #list<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection,
    signal?: AbortSignal,
  ): Promise<{ items: T[]; version: string }> {
    const list = await this.#transport.json<ObjectList<T>>('GET', address(resource, selection.namespace), {
      query: queryOf(selection),
      signal,
    });
    return { items: list.items ?? [], version: list.metadata?.resourceVersion ?? '0' };
  }
}

/**
 * A client for the current context of a kubeconfig.
 * @param source the kubeconfig as JSON (which is YAML too) with the fields that this project's own kubeconfigs hold
 * @throws Error where the current context, its cluster or its user is missing
 */
export function clientFromKubeconfig(source: string): KubeClient {
  interface Named<T> {
    name: string;
    cluster?: T;
    user?: T;
    context?: T;
  }
  const config = JSON.parse(source) as {
    'current-context': string;
    clusters: Named<{ server: string; 'certificate-authority-data'?: string }>[];
    users: Named<{ token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string }>[];
    contexts: Named<{ cluster: string; user: string }>[];
  };
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user) {
    throw new Error(
      `The kubeconfig's context "${config['current-context']}" names no cluster and user of it`,
    );
  }
  const decode = (data: string | undefined) => data && Buffer.from(data, 'base64').toString();
  return new KubeClient({
    server: cluster.server,
    ca: decode(cluster['certificate-authority-data']),
    token: user.token,
    certificate: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
}

/** `namespace/name`, or the name alone for what has no namespace. */
export function keyOf(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function remember<T extends KubeObject>(
  known: Map<string, T>,
  object: T,
  onChange: (change: Change<T>) => void,
): void {
  const key = keyOf(object);
  const before = known.get(key);
  known.set(key, object);
  if (before === undefined) {
    onChange({ type: 'added', object });
  } else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) {
    onChange({ type: 'modified', object });
  }
}

function address<T extends KubeObject>(
  resource: Resource<T>,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const root = resource.apiVersion.includes('/') ? 'apis' : 'api';
  const parts = [root, resource.apiVersion];
  if (resource.namespaced && namespace !== undefined) parts.push('namespaces', encodeURIComponent(namespace));
  parts.push(resource.plural);
  if (name !== undefined) parts.push(encodeURIComponent(name));
  if (subresource !== undefined) parts.push(subresource);
  return `/${parts.join('/')}`;
}

function queryOf({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

async function* lines(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const parts = (rest + (chunk as string)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((part) => part !== '');
  }
}
