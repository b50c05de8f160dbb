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

/** The watches of one verification. They end when `signal` aborts. */
export class Watching {
  /** Counts up with every change. */
  version = 0;
  /** Set once a watch cannot go on. */
  failure: unknown;
  private readonly held = new Map<string, readonly KubeObject[]>();
  private readonly keys: ReadonlySet<string>;
  private readonly cluster: Cluster;
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private wake: (() => void) | undefined;

  constructor(cluster: Cluster, sources: readonly Source[], clock: Clock, signal: AbortSignal) {
    this.cluster = cluster;
    this.clock = clock;
    this.signal = signal;
    const distinct = new Map(sources.map((source) => [source.key, source]));
    this.keys = new Set(distinct.keys());
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
    for (const source of distinct.values()) void this.watch(source);
  }

  /** Whether every source has been read at least once. */
  get complete(): boolean {
    return this.held.size === this.keys.size;
  }

  /** What a source holds right now. */
  objects(source: Source): readonly KubeObject[] {
    return this.held.get(source.key) ?? [];
  }

  /** All objects that are held right now. */
  all(): readonly KubeObject[] {
    return [...this.held.values()].flat();
  }

  /** Resolves after a change since `version`, a failure or an abort, or after `ms` at the latest. */
  async changed(version: number, ms: number): Promise<void> {
    if (this.version !== version || this.failure !== undefined || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const callOff = this.clock.after(ms, resolve);
      this.wake = () => {
        callOff();
        resolve();
      };
    });
    this.wake = undefined;
  }

  private async watch(source: Source): Promise<void> {
    try {
      await this.cluster.watch(
        source.kind,
        source.selection,
        (objects) => {
          this.held.set(source.key, objects);
          this.version++;
          this.wake?.();
        },
        this.signal,
      );
    } catch (error) {
      if (this.signal.aborted) return;
      // A cluster that is out of reach for a moment says nothing about the object; everything else will not change.
      if (!isOncallError(error) || error.code !== 'cluster-unreachable') {
        this.failure = error;
        this.wake?.();
        return;
      }
    }
    if (this.signal.aborted) return;
    const callOff = this.clock.after(retryMs, () => void this.watch(source));
    this.signal.addEventListener('abort', callOff, { once: true });
  }
}
