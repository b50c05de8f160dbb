/** Deletion: at once, after a pod's grace period, or when the last finalizer is gone; and what goes with it. */
import type { V1Pod } from '@kubernetes/client-node';
import { conflict, forbidden } from './failure.ts';
import { collectDependents, finishNamespace, orphanDependents } from './garbage.ts';
import { timestamp, type KubeObject } from './object.ts';
import { resourceOf, resourceStoredAs, type Resource } from './resources.ts';
import type { Store } from './store.ts';

/** `DeleteOptions` of the API, as far as they are heeded. */
export interface DeleteOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

const foreground = 'foregroundDeletion';

/** Namespaces that a real API server refuses to delete. */
const lasting = new Set(['default', 'kube-system', 'kube-public']);

export class Deletion {
  readonly #store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** @returns what is left of the object, and whether it is gone */
  delete(
    resource: Resource,
    object: KubeObject,
    options: DeleteOptions,
  ): { object: KubeObject; gone: boolean } {
    this.#checkPreconditions(resource, object, options);
    if (object.kind === 'Namespace' && lasting.has(object.metadata.name)) {
      throw forbidden(resource, object.metadata.name, 'this namespace may not be deleted');
    }
    const seconds = graceOf(object, options);
    const waits = options.propagationPolicy === 'Foreground' && this.#blockers(object).length > 0;
    const finalizers = [...(object.metadata.finalizers ?? [])];
    if (waits && !finalizers.includes(foreground)) finalizers.push(foreground);
    const lingers = seconds > 0 || finalizers.length > 0 || object.kind === 'Namespace';
    if (options.dryRun === true) {
      return {
        object:
          lingers || object.kind === 'Pod' ? this.#marked(resource, object, seconds, finalizers) : object,
        gone: !lingers,
      };
    }

    if (options.propagationPolicy === 'Orphan') orphanDependents(this.#store, object);
    if (!lingers) return { object: this.#remove(resource, object), gone: true };
    const marked = this.#mark(resource, object, seconds, finalizers);
    if (waits) this.#deleteAll(this.#blockers(marked), 'Foreground');
    if (object.kind === 'Namespace') {
      this.#deleteAll(this.#store.contentsOf(object.metadata.name), 'Background');
      finishNamespace(this.#store, object.metadata.name);
    }
    const left = this.#store.byUid(object.metadata.uid ?? '');
    return { object: left?.object ?? marked, gone: left === undefined };
  }

  /** Removes an object that only waited for its finalizers. @returns its last state, where it is gone */
  finish(resource: Resource, object: KubeObject): KubeObject | undefined {
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
    if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) > 0) return undefined;
    if ((finalizers ?? []).length > 0 || object.kind === 'Namespace') return undefined;
    return this.#remove(resource, object);
  }

  #remove(resource: Resource, object: KubeObject): KubeObject {
    const owners = object.metadata.ownerReferences ?? [];
    const last = this.#store.remove(resource, object);
    collectDependents(this.#store, object, (dependent) => this.#deleteAll([dependent], 'Background'));
    for (const { uid } of owners) this.#finishForeground(uid);
    if (object.metadata.namespace !== undefined) finishNamespace(this.#store, object.metadata.namespace);
    return last;
  }

  /** Lets an owner go that waited for its dependents, once none is left. */
  #finishForeground(uid: string): void {
    const owner = this.#store.byUid(uid);
    if (owner === undefined || !owner.object.metadata.finalizers?.includes(foreground)) return;
    if (this.#blockers(owner.object).length > 0) return;
    const finalizers = owner.object.metadata.finalizers.filter((one) => one !== foreground);
    const resource = resourceStoredAs(owner.storage);
    const metadata = { ...owner.object.metadata, finalizers };
    this.finish(resource, this.#store.put(resource, { ...owner.object, metadata }));
  }

  /** The dependents that a foreground deletion waits for. */
  #blockers(object: KubeObject): { storage: string; object: KubeObject }[] {
    const uid = object.metadata.uid ?? '';
    return this.#store
      .dependentsOf(uid)
      .filter((one) =>
        one.object.metadata.ownerReferences?.some((o) => o.uid === uid && o.blockOwnerDeletion),
      );
  }

  #deleteAll(all: readonly { storage: string; object: KubeObject }[], propagationPolicy: string): void {
    for (const { storage, object } of all) {
      const present = this.#store.byUid(object.metadata.uid ?? '');
      if (present !== undefined)
        this.delete(resourceStoredAs(storage), present.object, { propagationPolicy });
    }
  }

  #mark(resource: Resource, object: KubeObject, seconds: number, finalizers: string[]): KubeObject {
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
    // A later deletion may only shorten the wait.
    if (deletionTimestamp !== undefined && seconds >= deletionGracePeriodSeconds) return object;
    return this.#store.put(resource, this.#marked(resource, object, seconds, finalizers));
  }

  #marked(resource: Resource, object: KubeObject, seconds: number, finalizers: string[]): KubeObject {
    const metadata = {
      ...object.metadata,
      deletionTimestamp: timestamp(new Date(this.#now().getTime() + seconds * 1000)),
      deletionGracePeriodSeconds: seconds,
      ...(finalizers.length > 0 ? { finalizers } : {}),
    };
    const isNamespace = resource === resourceOf('', 'namespaces');
    return {
      ...object,
      metadata,
      ...(isNamespace ? { status: { phase: 'Terminating' } } : {}),
    };
  }

  #checkPreconditions(resource: Resource, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
    for (const field of ['uid', 'resourceVersion'] as const) {
      const wanted = preconditions?.[field];
      if (wanted === undefined || wanted === metadata[field]) continue;
      const label = field === 'uid' ? 'UID' : 'ResourceVersion';
      const why = `Precondition failed: ${label} in precondition: ${wanted}, ${label} in object meta: ${metadata[field]}`;
      throw conflict(resource, metadata.name, why);
    }
  }
}

/** Only a pod that runs somewhere takes time to go. */
function graceOf(object: KubeObject, options: DeleteOptions): number {
  if (object.kind !== 'Pod') return 0;
  const { spec, status } = object as unknown as V1Pod;
  if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
  return options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}
