/** The reads of one search for a target: each object is asked for once, and no alert can make it ask for more than a bound. */
import { isOncallError } from '../domain/error.ts';
import type { KubeObject, ObjectRef } from '../domain/kubernetes.ts';
import type { Cluster, Selection } from './cluster.ts';
import { resourceOf } from './resources.ts';

/** Requests of one search at most; an honest alert needs a handful. */
const maxRequests = 150;
/** Objects of one name that are read at most when the namespace is not known. */
const acrossNamespaces = 5;

export class Search {
  readonly context: string;
  /** Why something could not be looked at. */
  readonly denied: string[] = [];
  /** The bound was reached: what was not found may be there all the same. */
  exhausted = false;
  readonly #cluster: Pick<Cluster, 'context' | 'get' | 'list'>;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<string, Promise<KubeObject[]>>();

  constructor(cluster: Pick<Cluster, 'context' | 'get' | 'list'>, signal: AbortSignal) {
    this.context = cluster.context;
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** One object, or undefined where it does not exist or may not be read. */
  async get(ref: ObjectRef, needed = true): Promise<KubeObject | undefined> {
    const key = JSON.stringify(['get', ref.kind, ref.namespace, ref.name]);
    const [object] = await this.#ask(key, needed, async () => {
      const found = await this.#cluster.get(ref, this.#signal);
      return found === undefined ? [] : [found];
    });
    return object;
  }

  list(kind: string, selection: Selection, needed = true): Promise<KubeObject[]> {
    return this.#ask(JSON.stringify(['list', kind, selection]), needed, () =>
      this.#cluster.list(kind, selection, this.#signal),
    );
  }

  /**
   * The objects of a kind and name in some namespaces; in all of them where none is given.
   * @param needed whether it matters that they may not be read
   */
  async named(
    kind: string,
    name: string,
    namespaces: readonly string[],
    needed = true,
  ): Promise<KubeObject[]> {
    if (!resourceOf(kind).namespaced) {
      const object = await this.get({ kind, name }, needed);
      return object === undefined ? [] : [object];
    }
    if (namespaces.length === 0) {
      return this.list(kind, { fieldSelector: `metadata.name=${name}`, limit: acrossNamespaces }, needed);
    }
    const found = await Promise.all(
      namespaces.map((namespace) => this.get({ kind, namespace, name }, needed)),
    );
    return found.filter((object) => object !== undefined);
  }

  #ask(key: string, needed: boolean, read: () => Promise<KubeObject[]>): Promise<KubeObject[]> {
    const before = this.#asked.get(key);
    if (before !== undefined) return before;
    if (this.#asked.size >= maxRequests) {
      this.exhausted = true;
      return Promise.resolve([]);
    }
    const answer = read().catch((error: unknown) => {
      if (!isOncallError(error) || error.code !== 'cluster-forbidden') throw error;
      if (needed) this.denied.push(error.message);
      return [];
    });
    this.#asked.set(key, answer);
    return answer;
  }
}
