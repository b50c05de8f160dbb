/** What follows a removal: owned objects go too, and a terminating namespace disappears once it is empty. */
import type { KubeObject, OwnerReference } from './object.ts';
import { resourceOf, resourceStoredAs } from './resources.ts';
import type { Store, Stored } from './store.ts';

/** Deletes one object in the background. */
export type Delete = (stored: Stored) => void;

/** Deletes what only `owner`, which is gone, owned; others lose the reference. */
export function collectDependents(store: Store, owner: KubeObject, remove: Delete): void {
  for (const dependent of store.dependentsOf(owner.metadata.uid ?? '')) {
    const rest = ownersOf(dependent.object).filter(({ uid }) => store.byUid(uid) !== undefined);
    if (rest.length === 0) remove(dependent);
    else store.put(resourceStoredAs(dependent.storage), withOwners(dependent.object, rest));
  }
}

/** Takes `owner` out of the owners of its dependents, so that they outlive it. */
export function orphanDependents(store: Store, owner: KubeObject): void {
  for (const { storage, object } of store.dependentsOf(owner.metadata.uid ?? '')) {
    const rest = ownersOf(object).filter(({ uid }) => uid !== owner.metadata.uid);
    store.put(resourceStoredAs(storage), withOwners(object, rest));
  }
}

/** Whether every owner that the object names is gone. */
export function isAbandoned(store: Store, object: KubeObject): boolean {
  const owners = ownersOf(object);
  return owners.length > 0 && owners.every(({ uid }) => store.byUid(uid) === undefined);
}

/** Removes a terminating namespace that holds nothing more. */
export function finishNamespace(store: Store, name: string): void {
  const namespaces = resourceOf('', 'namespaces');
  const namespace = store.get(namespaces, undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined || store.contentsOf(name).length > 0) return;
  store.remove(namespaces, namespace);
}

function ownersOf(object: KubeObject): OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

function withOwners(object: KubeObject, owners: OwnerReference[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, ownerReferences: owners } };
}
