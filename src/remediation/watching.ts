/** Watches several selections of a cluster at once and keeps what they hold right now. */
import type { Cluster, Selection } from '../cluster/cluster.ts';
import { isOncallError } from '../domain/error.ts';
import type { KubeObject, ObjectRef } from '../domain/kubernetes.ts';
import type { Clock } from './clock.ts';

/** One thing to watch. Two of the same key are the same. */
export interface Source {
  readonly key: string;
  readonly kind: string;
  readonly selection: Selection;
}

/** A source that holds one object. */
export function objectSource(ref: ObjectRef): Source {
  return {
    key: `${ref.kind} ${ref.namespace ?? ''}/${ref.name}`,
    kind: ref.kind,
    selection: {
      ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      fieldSelector: `metadata.name=${ref.name}`,
    },
  };
}

/** A source that holds the objects of a namespace that carry labels. */
export function labelledSource(kind: string, namespace: string | undefined, labelSelector: string): Source {
  return {
    key: `${kind} ${namespace ?? ''} ${labelSelector}`,
    kind,
    selection: { ...(namespace === undefined ? {} : { namespace }), labelSelector },
  };
}

/** How long to wait for a cluster that is out of reach before asking again. */
export const retryMs = 2000;

/**
 * The watches of one verification. They tell of changes at once; that nothing comes from them says nothing, since a connection
 * may be dead without a sign. What counts is read anew with {@link read}. They end when `signal` aborts.
 */
export class Watching {
  /** Counts up with every change that a watch tells of. */
  version = 0;
  private readonly held = new Map<string, readonly KubeObject[]>();
  /** A watch broke off: whether the cluster can be read at all has to be asked. */
  shaken = false;
  /** Judged sources that no watch follows. */
  private readonly unwatched = new Set<string>();
  private readonly cluster: Cluster;
  private readonly judged: ReadonlyMap<string, Source>;
  private readonly all: ReadonlyMap<string, Source>;
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private wake: (() => void) | undefined;
  private round = new AbortController();

  /**
   * @param judged what conditions are judged by
   * @param around what only tells that it is time to look again
   */
  constructor(
    cluster: Cluster,
    judged: readonly Source[],
    around: readonly Source[],
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.cluster = cluster;
    this.judged = byKey(judged);
    this.all = byKey([...judged, ...around]);
    this.clock = clock;
    this.signal = signal;
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
    this.resume();
  }

  /** Whether every judged source has been read. */
  get complete(): boolean {
    return [...this.judged.keys()].every((key) => this.held.has(key));
  }

  /** Whether changes of what is judged may go unnoticed: it has to be read again and again. */
  get blind(): boolean {
    return this.unwatched.size > 0;
  }

  /** What a source holds, as far as is known. */
  objects(source: Source): readonly KubeObject[] {
    return this.held.get(source.key) ?? [];
  }

  /** All objects that are held. */
  everything(): readonly KubeObject[] {
    return [...this.held.values()].flat();
  }

  /** Resolves after a change since `version` or an abort, or after `ms` at the latest. */
  async changed(version: number, ms: number): Promise<void> {
    if (this.version !== version || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const callOff = this.clock.after(ms, resolve);
      this.wake = () => {
        callOff();
        resolve();
      };
    });
    this.wake = undefined;
  }

  /**
   * Reads everything that is judged anew.
   * @throws what the cluster throws: nothing is known then
   */
  async read(signal: AbortSignal): Promise<void> {
    await Promise.all(
      [...this.judged.values()].map(async ({ key, kind, selection }) => {
        const before = this.held.get(key);
        const objects = await this.cluster.list(kind, selection, signal);
        signal.throwIfAborted();
        // What a watch told meanwhile is newer.
        if (this.held.get(key) === before) this.held.set(key, newest(objects, before ?? []));
      }),
    );
  }

  /** Asks whether all that is judged can be read at this moment, in few bytes. @throws what the cluster throws */
  async reach(signal: AbortSignal): Promise<void> {
    await Promise.all(
      [...this.judged.values()].map(({ kind, selection }) =>
        this.cluster.list(kind, { ...selection, limit: 1 }, signal),
      ),
    );
  }

  /** The cluster is out of reach: what is held is of the past, and is forgotten. */
  pause(): void {
    this.round.abort();
    this.held.clear();
  }

  /** Begins the watches anew. */
  resume(): void {
    this.round.abort();
    this.round = new AbortController();
    this.unwatched.clear();
    const signal = AbortSignal.any([this.signal, this.round.signal]);
    for (const source of this.all.values()) void this.watch(source, signal);
  }

  private async watch(source: Source, signal: AbortSignal): Promise<void> {
    const { key, kind, selection } = source;
    try {
      await this.cluster.watch(
        kind,
        selection,
        (objects) => {
          if (signal.aborted) return;
          this.unwatched.delete(key);
          this.held.set(key, objects);
          this.tell();
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      if (this.judged.has(key)) {
        this.unwatched.add(key);
        this.shaken = true;
      }
      this.tell();
      // A cluster that is out of reach for a moment says nothing about the object; everything else will not change.
      if (!isOncallError(error) || error.code !== 'cluster-unreachable') return;
    }
    if (signal.aborted) return;
    const callOff = this.clock.after(retryMs, () => void this.watch(source, signal));
    signal.addEventListener('abort', callOff, { once: true });
  }

  private tell(): void {
    this.version++;
    this.wake?.();
  }
}

/** Of each object that was listed what is newest: an API server may answer a list from what it knew a moment ago. */
function newest(listed: readonly KubeObject[], known: readonly KubeObject[]): readonly KubeObject[] {
  return listed.map((object) => {
    const { uid, resourceVersion = '' } = object.metadata;
    const other = known.find(({ metadata }) => uid !== undefined && metadata.uid === uid);
    return Number(other?.metadata.resourceVersion ?? '') > Number(resourceVersion)
      ? (other ?? object)
      : object;
  });
}

function byKey(sources: readonly Source[]): ReadonlyMap<string, Source> {
  return new Map(sources.map((source) => [source.key, source]));
}
