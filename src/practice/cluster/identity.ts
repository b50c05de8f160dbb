/** What an update may not change: which object it is, and what only the server says about it. */
import { badRequest, conflict, invalid } from './failure.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import type { Resource } from './resources.ts';

/**
 * Refuses an update that is about another object, or about a state that has passed.
 * @throws ApiFailure 400, 409 or 422
 */
export function checkIdentity(resource: Resource, current: KubeObject, wanted: KubeObject): void {
  const { name, namespace, uid, resourceVersion } = current.metadata;
  const meta = wanted.metadata;
  if (wanted.kind !== current.kind || wanted.apiVersion !== current.apiVersion) {
    throw badRequest(`an update cannot change apiVersion and kind of ${resource.plural} ${name}`);
  }
  if (meta.name && meta.name !== name) {
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`);
  }
  if (meta.namespace && meta.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (meta.uid && meta.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${uid}`;
    throw conflict(resource, name, why);
  }
  if (meta.resourceVersion && meta.resourceVersion !== resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(resource, name, why);
  }
  if (!meta.resourceVersion && resource.conditionalUpdate) {
    const message = 'Invalid value: 0: must be specified for an update';
    throw invalid(resource, name, [
      { reason: 'FieldValueInvalid', field: 'metadata.resourceVersion', message },
    ]);
  }
}

/** The metadata that a client wants, under what only the server sets. */
export function keptMetadata(wanted: KubeObject, current: KubeObject): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = current.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds, managedFields } = current.metadata;
  const identity = { name, namespace, uid, resourceVersion, generation, creationTimestamp };
  const all = {
    managedFields,
    ...wanted.metadata,
    ...identity,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as ObjectMeta;
}
