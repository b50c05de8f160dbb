/** The rules by which objects come, change and go: identity, versions, defaults, validation, status apart from spec. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { admit } from './admission.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound } from './failure.ts';
import { setDefaults } from './defaults.ts';
import { Deletion, type DeleteOptions } from './deletion.ts';
import { isAbandoned } from './garbage.ts';
import { checkIdentity, keptMetadata } from './identity.ts';
import { at, timestamp, type KubeObject } from './object.ts';
import { apiVersionOf, resourceOf, type Resource } from './resources.ts';
import { allocateClusterIp } from './service-address.ts';
import type { Store } from './store.ts';
import { validate } from './validation.ts';
import { asWritten } from './written.ts';

export interface WriteOptions {
  /** Everything is done but storing the outcome. */
  readonly dryRun?: boolean;
  /** Only this part of the object changes. */
  readonly subresource?: 'status';
}

/** Kinds whose creator may set their status: a kubelet registers its node with one. */
const createdWithStatus = new Set(['Node']);

/** Every call is one atomic step: it runs to its end without waiting for anything. */
export class Registry {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #deletion: Deletion;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
    this.#deletion = new Deletion(store, now);
  }

  /** @throws ApiFailure 404 */
  get(resource: Resource, namespace: string | undefined, name: string): KubeObject {
    const object = this.#store.get(resource, namespace, name);
    if (object === undefined) throw notFound(resource, name);
    return object;
  }

  /** @throws ApiFailure 400, 403, 404 (no such namespace), 409 or 422 */
  create(
    resource: Resource,
    namespace: string | undefined,
    body: KubeObject,
    options: WriteOptions,
  ): KubeObject {
    const object = structuredClone(body);
    const { metadata } = object;
    if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}${randomSuffix()}`;
    if (!metadata.name) {
      const message = 'Required value: name or generateName is required';
      throw invalid(resource, '', [{ reason: 'FieldValueRequired', field: 'metadata.name', message }]);
    }
    if (namespace !== undefined) this.#placeInNamespace(resource, object, namespace);
    else delete metadata.namespace;
    if (metadata.resourceVersion)
      throw badRequest('resourceVersion should not be set on objects to be created');
    if (this.#store.get(resource, namespace, metadata.name)) throw alreadyExists(resource, metadata.name);

    metadata.uid = randomUUID();
    metadata.creationTimestamp = timestamp(this.#now());
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    if (resource.generation) metadata.generation = 1;
    if (resource.subresources.includes('status') && !createdWithStatus.has(object.kind))
      delete object['status'];
    this.#complete(resource, object);
    admit(this.#store, resource, object, this.#now().getTime());
    const written = asWritten(object);
    if (options.dryRun === true) return written;

    const created = this.#store.put(resource, written);
    // A controller may create for an owner that has just gone: garbage from its first moment.
    if (isAbandoned(this.#store, created))
      this.#deletion.delete(resource, created, { propagationPolicy: 'Background' });
    return created;
  }

  /**
   * Replaces an object by what `change` makes of it.
   * @throws ApiFailure 400, 404, 409 (stale resource version, another uid) or 422
   */
  update(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    change: (current: KubeObject) => KubeObject,
    options: WriteOptions,
  ): KubeObject {
    const current = this.get(resource, namespace, name);
    const wanted = structuredClone(change(current));
    checkIdentity(resource, current, wanted);
    let next = options.subresource === 'status' ? withStatus(current, wanted) : wanted;
    if (options.subresource !== 'status') {
      if (resource.subresources.includes('status')) {
        if (current['status'] === undefined) delete next['status'];
        else next['status'] = structuredClone(current['status']);
      }
      next.metadata = keptMetadata(next, current);
      this.#complete(resource, next, current);
    }
    next = asWritten(next as KubeObject);
    if (options.subresource !== 'status') {
      if (resource.generation && !isDeepStrictEqual(specOf(next), specOf(current))) {
        next.metadata.generation = (current.metadata.generation ?? 0) + 1;
      }
    }
    if (isDeepStrictEqual(next, current)) return current;
    if (options.dryRun === true) return next;
    const stored = this.#store.put(resource, next);
    return this.#deletion.finish(resource, stored) ?? stored;
  }

  /** @returns what is left of the object, and whether it is gone */
  delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
  ): { object: KubeObject; gone: boolean } {
    return this.#deletion.delete(resource, this.get(resource, namespace, name), options);
  }

  /** Assigns a pod to a node, as a scheduler does. @throws ApiFailure 404, or 409 where it has a node already */
  bind(namespace: string | undefined, name: string, node: string, dryRun: boolean): void {
    const pods = resourceOf('', 'pods');
    const pod = this.get(pods, namespace, name);
    const assigned = at(pod, 'spec', 'nodeName');
    if (assigned)
      throw conflict(pods, name, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
    if (dryRun) return;
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(this.#now()) };
    const { conditions = [], ...status } = pod['status'] as { conditions?: { type: string }[] };
    const others = conditions.filter(({ type }) => type !== scheduled.type);
    this.#store.put(pods, {
      ...pod,
      spec: { ...(pod['spec'] as object), nodeName: node },
      status: { ...status, conditions: [...others, scheduled] },
    });
  }

  /** Fills in what the client left out, then judges the whole. */
  #complete(resource: Resource, object: KubeObject, previous?: KubeObject): void {
    try {
      setDefaults(object);
      if (object.kind === 'Service') allocateClusterIp(this.#store, object, previous);
      validate(resource, object, previous);
    } catch (error) {
      // A field of another type than the API's: a real server fails to decode it.
      if (!(error instanceof TypeError)) throw error;
      const { kind, apiVersion } = object;
      throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${kind}: ${error.message}`);
    }
  }

  #placeInNamespace(resource: Resource, object: KubeObject, namespace: string): void {
    const { metadata } = object;
    if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace) {
      throw badRequest(
        `the namespace of the provided object does not match the namespace sent on the request`,
      );
    }
    metadata.namespace = namespace;
    const home = this.get(resourceOf('', 'namespaces'), undefined, namespace);
    if (home.metadata.deletionTimestamp !== undefined) {
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      throw forbidden(resource, metadata.name, why);
    }
  }
}

/** Checks that a body is an object of this type, and names the type where it does not. */
export function asObjectOf(resource: Resource, body: unknown): KubeObject {
  if (typeof body !== 'object' || body === null) throw badRequest('the body of the request is not an object');
  const object = { ...(body as KubeObject) };
  const apiVersion = apiVersionOf(resource);
  if ((object.kind ?? resource.kind) !== resource.kind || (object.apiVersion ?? apiVersion) !== apiVersion) {
    throw badRequest(
      `${object.kind} in version ${JSON.stringify(object.apiVersion)} cannot be handled as a ${resource.kind}`,
    );
  }
  return { ...object, apiVersion, kind: resource.kind, metadata: { ...object.metadata } };
}

/** Everything whose change counts as a new generation. */
function specOf({ metadata, status: _status, ...rest }: KubeObject): unknown {
  return rest.kind === 'Deployment' ? { ...rest, annotations: metadata.annotations } : rest;
}

/** With the status of a Deployment its controller writes the annotations, too: there they count as no new generation. */
function withStatus(current: KubeObject, wanted: KubeObject): KubeObject {
  const { annotations } = wanted.metadata;
  const metadata = current.kind === 'Deployment' ? { ...current.metadata, annotations } : current.metadata;
  return { ...current, metadata, status: wanted['status'] } as KubeObject;
}

/** Five letters and digits that spell no word, as the API server appends them to `generateName`. */
function randomSuffix(): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...crypto.getRandomValues(new Uint8Array(5))]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}
