/** Opens a cluster through one pinned kubeconfig context. A part of its own: the only module that loads the Kubernetes client. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { fetch } from 'undici';
import { boundedText, redirectHost } from '../domain/bounded-text.ts';
import { OncallError } from '../domain/error.ts';
import { redact } from '../domain/redaction.ts';
import type { Cluster } from './cluster.ts';
import { noCredentials, redirected, type Place } from './failure.ts';
import { chooseKubeconfig, kubeconfigPaths, readKubeconfigs, type KubeconfigContents } from './kubeconfig.ts';
import { accountMay, mayI, serverTime, type ClusterAccess } from './access.ts';
import { acquireLease, releaseLease, renewLease } from './lock.ts';
import { restrictPlugins } from './plugin-environment.ts';
import { checkServer, getMetadata, getObject, listAll, readLogs } from './reads.ts';
import { Requests, type ApiAnswer, type ApiRequest, type Send } from './requests.ts';
import { watchAll } from './watch.ts';

export interface ConnectOptions {
  /** Path of a kubeconfig; `~` and relative paths are resolved. Unset: KUBECONFIG, then `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Unset: the kubeconfig's current context, pinned from now on. */
  readonly context?: string;
  /** Where KUBECONFIG and the home folder are looked up, and what credential plugins see a part of; `process.env` where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Time limit of one request, its whole answer included, milliseconds [15000]. */
  readonly timeoutMs?: number;
  /** How long a watch may be silent before it is opened anew, milliseconds [30000]. */
  readonly silentMs?: number;
}

/** More than any list of 500 objects that is not made to be too large. */
const longestAnswer = 256 * 1024 * 1024;

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * The client's KubeConfig, which does the authentication (tokens, certificates, exec plugins, OIDC), TLS and proxies.
 * It makes a new connection pool for each request; `connectionKey` tells whether an earlier pool would do.
 */
class PinnedKubeConfig extends KubeConfig {
  connectionKey = '';

  override createDispatcherOptions(
    ...parameters: Parameters<KubeConfig['createDispatcherOptions']>
  ): ReturnType<KubeConfig['createDispatcherOptions']> {
    const options = super.createDispatcherOptions(...parameters);
    this.connectionKey = createHash('sha256').update(JSON.stringify(options)).digest('hex');
    return options;
  }
}

interface LoadedKubeconfig extends KubeconfigContents {
  readonly config: PinnedKubeConfig;
}

/**
 * Reads the kubeconfig and pins file and context. Nothing is sent before the first call on the cluster.
 * @throws OncallError `kubeconfig-missing`, `kubeconfig-invalid`, `context-missing`
 */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const { path, context, place, requests } = open(options);
  return {
    context,
    kubeconfig: path,
    server: place.server,
    check: (signal) => checkServer(requests, signal),
    get: (ref, signal) => getObject(requests, ref, signal),
    metadata: (ref, signal) => getMetadata(requests, ref, signal),
    list: async (kind, selection, signal) => (await listAll(requests, kind, selection, signal)).items,
    logs: (request, signal) => readLogs(requests, request, signal),
    accountMay: (account, right, signal) => accountMay(requests, account, right, signal),
    watch: (kind, selection, onChange, signal) =>
      watchAll(requests, kind, selection, onChange, signal, options.silentMs),
    acquireLock: (namespace, name, holder, seconds, automatic) =>
      acquireLease(requests, namespace, name, holder, seconds, automatic),
    renewLock: (namespace, name, holder, seconds) => renewLease(requests, namespace, name, holder, seconds),
    releaseLock: (namespace, name, holder) => releaseLease(requests, namespace, name, holder),
  };
}

/**
 * The same cluster, for somebody who asks whether it is fit to work with.
 * @throws as {@link connectCluster}
 */
export async function connectAccess(options: ConnectOptions): Promise<ClusterAccess> {
  const { path, context, place, requests } = open(options);
  return {
    context,
    kubeconfig: path,
    server: place.server,
    check: (signal) => checkServer(requests, signal),
    time: (signal) => serverTime(requests, signal),
    mayI: (right, namespace, signal) => mayI(requests, right, namespace, signal),
  };
}

/** A context of a kubeconfig. */
export interface KnownContext {
  readonly name: string;
  /** The API server's address; undefined where the file does not describe it. */
  readonly server?: string;
  /** Whether it is the one that is used where none is asked for. */
  readonly isCurrent: boolean;
}

/**
 * The contexts that there are to choose from. Reads files, and asks no cluster.
 * @throws OncallError `kubeconfig-missing`, `kubeconfig-invalid`
 */
export function knownContexts(options: Pick<ConnectOptions, 'kubeconfig' | 'env'>): KnownContext[] {
  const files = readKubeconfigs(kubeconfigPaths(options.kubeconfig, options.env ?? process.env), load);
  const current = files.find(({ contents }) => contents.currentContext)?.contents.currentContext;
  const known = new Map<string, KnownContext>();
  for (const { contents } of files) {
    for (const { name, cluster } of contents.config.getContexts()) {
      const server = contents.config.getCluster(cluster)?.server;
      if (known.has(name)) continue;
      known.set(name, {
        name,
        ...(server === undefined ? {} : { server: redact(server) }),
        isCurrent: name === current,
      });
    }
  }
  return [...known.values()];
}

interface Opened {
  readonly path: string;
  readonly context: string;
  readonly place: Place;
  readonly requests: Requests;
}

function open(options: ConnectOptions): Opened {
  const paths = kubeconfigPaths(options.kubeconfig, options.env ?? process.env);
  const { path, context, contents } = chooseKubeconfig(paths, options.context, load);
  const { config } = contents;
  config.setCurrentContext(context);
  restrictPlugins(config, options.env ?? process.env);
  const address = config.getCurrentCluster()?.server;
  if (address === undefined || !URL.canParse(address)) {
    throw new OncallError(
      'kubeconfig-invalid',
      `The context "${context}" of ${path} names a cluster that the file does not describe`,
      'Put the context, its cluster and its user into one file, as "kubectl config view --flatten" does.',
    );
  }
  const place = { context, server: redact(address) };
  const requests = new Requests(place, sender(config, address, place), options.timeoutMs ?? 15_000);
  return { path, context, place, requests };
}

function load(path: string): LoadedKubeconfig | undefined {
  if (!existsSync(path)) return undefined;
  const config = new PinnedKubeConfig();
  config.loadFromFile(path);
  return {
    config,
    currentContext: config.getCurrentContext() || undefined,
    contexts: config.getContexts().map(({ name }) => name),
  };
}

function sender(config: PinnedKubeConfig, address: string, place: Place): Send {
  let pool: { key: string; dispatcher: Dispatcher | undefined } | undefined;
  return async (request, signal) => {
    const context = new RequestContext(urlOf(address, request), HttpMethod[request.method]);
    try {
      await unlessAborted(config.applySecurityAuthentication(context), signal);
    } catch (error) {
      if (signal.aborted && pluginOf(config) === undefined) throw error;
      throw noCredentials(place, error, pluginOf(config));
    }
    if (pool?.key !== config.connectionKey) {
      pool = { key: config.connectionKey, dispatcher: context.getDispatcher() };
    }
    context.setHeaderParam('Accept', request.accept ?? 'application/json');
    if (request.body !== undefined) context.setHeaderParam('Content-Type', 'application/json');
    // Not the client's own sending, which follows redirects.
    const { status, headers, body } = await fetch(context.getUrl(), {
      method: request.method,
      headers: context.getHeaders(),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(pool.dispatcher === undefined ? {} : { dispatcher: pool.dispatcher }),
      redirect: 'manual',
      signal,
    });
    if (status >= 300 && status < 400) {
      body?.cancel().catch(() => undefined);
      throw redirected(place, status, redirectHost(headers.get('location'), new URL(address)));
    }
    const stream = body as ReturnType<ApiAnswer['stream']>;
    return {
      status,
      headers: Object.fromEntries(headers),
      text: () => boundedText(stream, longestAnswer, signal),
      stream: () => stream,
    };
  };
}

function urlOf(address: string, { path, query }: ApiRequest): string {
  const url = new URL(address.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.toString();
}

function pluginOf(config: KubeConfig): string | undefined {
  const exec: unknown = config.getCurrentUser()?.exec;
  return typeof exec === 'object' && exec !== null && 'command' in exec ? String(exec.command) : undefined;
}

/** A credential plugin may wait for a person in a browser; whoever asked need not. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
