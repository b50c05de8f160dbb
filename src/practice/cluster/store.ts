/** What the cluster knows: objects under one revision counter, with the recent changes that watches replay. */
import type { KubeObject } from './object.ts';
import type { Resource } from './resources.ts';

/** One change of one object. `object` is the new state, or the last one with the revision of its removal. */
export interface Change {
  readonly revision: number;
  readonly storage: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** An object together with the place where it is kept. */
export interface Stored {
  readonly storage: string;
  readonly object: KubeObject;
}

/** Objects in it are never changed in place: a change puts a new object. */
export class Store {
  #revision = 1;
  /** Watches may start at this revision or later. */
  #oldest = 1;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #byUid = new Map<string, Stored>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #history: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #historySize: number;

  /** @param historySize how many changes a late watch can still replay */
  constructor(historySize = 4096) {
    this.#historySize = historySize;
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(resource.storage)?.get(key(namespace, name));
  }

  /** The objects of a type that match, in the order of namespace and name. */
  list(resource: Resource, matches: (object: KubeObject) => boolean = () => true): KubeObject[] {
    const all = [...(this.#objects.get(resource.storage) ?? [])];
    return all
      .filter(([, object]) => matches(object))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  byUid(uid: string): Stored | undefined {
    return this.#byUid.get(uid);
  }

  /** The objects that name `uid` as an owner. */
  dependentsOf(uid: string): Stored[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((one) => this.#byUid.get(one) ?? []);
  }

  /** Every object in a namespace. */
  contentsOf(namespace: string): Stored[] {
    return [...this.#byUid.values()].filter(({ object }) => object.metadata.namespace === namespace);
  }

  /** Keeps `object` under the next revision, replacing what was there. @returns it with its resource version */
  put(resource: Resource, object: KubeObject): KubeObject {
    const { storage } = resource;
    const { name, namespace } = object.metadata;
    const place = this.#objects.get(storage) ?? new Map<string, KubeObject>();
    this.#objects.set(storage, place);
    const previous = place.get(key(namespace, name));
    const kept = this.#stamped(object);
    this.#forget(previous);
    place.set(key(namespace, name), kept);
    this.#remember(storage, kept);
    this.#announce(storage, previous === undefined ? 'ADDED' : 'MODIFIED', kept, previous);
    return kept;
  }

  /** @returns the object's last state, with the revision of its removal */
  remove(resource: Resource, object: KubeObject): KubeObject {
    const { name, namespace } = object.metadata;
    this.#objects.get(resource.storage)?.delete(key(namespace, name));
    this.#forget(object);
    const last = this.#stamped(object);
    this.#announce(resource.storage, 'DELETED', last, object);
    return last;
  }

  /**
   * The changes of a storage place after `revision`, or undefined where they are no longer all known, or where the
   * revision is not one of this store: a client may have it from a cluster that has gone.
   */
  changesSince(storage: string, revision: number): Change[] | undefined {
    if (revision < this.#oldest || revision > this.#revision) return undefined;
    return this.#history.filter((change) => change.revision > revision && change.storage === storage);
  }

  /** Calls `listener` after every change. @returns ends it */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamped(object: KubeObject): KubeObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #remember(storage: string, object: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    if (uid === undefined) return;
    this.#byUid.set(uid, { storage, object });
    for (const owner of ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set();
      this.#dependents.set(owner.uid, dependents.add(uid));
    }
  }

  #forget(object: KubeObject | undefined): void {
    const uid = object?.metadata.uid;
    if (uid === undefined) return;
    this.#byUid.delete(uid);
    for (const owner of object?.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }

  #announce(
    storage: string,
    type: Change['type'],
    object: KubeObject,
    previous: KubeObject | undefined,
  ): void {
    const change = { revision: this.#revision, storage, type, object, previous };
    this.#history.push(change);
    // Dropped in halves, so that a busy cluster does not shift the array at every change.
    if (this.#history.length > this.#historySize * 2) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historySize);
      this.#oldest = dropped.at(-1)?.revision ?? this.#oldest;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function key(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
