/** What each request is answered with. No network here: requests and answers are values. */
import type { IncomingMessage } from 'node:http';
import { answerMetrics, metricsGroup } from '../node/metrics.ts';
import { checkAccess } from './access.ts';
import { fromAutoscalingV1, toAutoscalingV1 } from './autoscaling.ts';
import { ApiFailure, badRequest } from './failure.ts';
import type { DeleteOptions } from './deletion.ts';
import {
  aggregated,
  aggregatedTypes,
  coreVersions,
  groupList,
  groupOf,
  resourceList,
  version,
} from './discovery.ts';
import { fromEventsV1, toEventsV1 } from './events-v1.ts';
import { page, selectionOf } from './listing.ts';
import { isJsonObject, type JsonObject, type KubeObject } from './object.ts';
import { openApiDocument, openApiRoot } from './openapi.ts';
import { applyType, patchOf } from './patch/patch.ts';
import { podLog } from './pod-log.ts';
import { asObjectOf, type Registry } from './registry.ts';
import { answerQuestion } from './questions.ts';
import { attributesOf, flag, isDryRun, targetOf, type ApiRequest, type Target } from './request.ts';
import { apiVersionOf, qualifiedName, questions, verbsOf } from './resources.ts';
import { answerReview, isReview } from './reviews.ts';
import { scaleOf, withScale } from './scale.ts';
import { readerOf } from './store-reader.ts';
import type { Store } from './store.ts';
import { metadataOnly, table, type IncludeObject } from './tables/table.ts';
import { watch, type Send } from './watch.ts';

/** An answer: a JSON body, plain text, a watch that sends until it resolves, a stream to pass on, or nothing (204). */
export type Answer =
  | { readonly kind: 'json'; readonly code: number; readonly body: unknown; readonly contentType?: string }
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'watch'; readonly run: (send: Send) => Promise<void> }
  | { readonly kind: 'stream'; readonly source: IncomingMessage }
  | { readonly kind: 'nothing' };

type NamedTarget = Target & { readonly name: string };

export class Api {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #now: () => Date;

  constructor(store: Store, registry: Registry, now: () => Date) {
    this.#store = store;
    this.#registry = registry;
    this.#now = now;
  }

  /** @throws ApiFailure whatever the request deserves */
  async answer(request: ApiRequest): Promise<Answer> {
    return this.#fixed(request) ?? (await this.#object(request));
  }

  /** Health, version, discovery and OpenAPI. */
  #fixed({ method, path, accept }: ApiRequest): Answer | undefined {
    if (method !== 'GET') return undefined;
    if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return { kind: 'text', body: 'ok' };
    if (path === '/version') return json(version());
    if (path === '/openapi/v3') return json(openApiRoot());
    if (path.startsWith('/openapi/v3/')) return json(openApiDocument(path.slice('/openapi/v3/'.length)));
    if (path === '/api' || path === '/apis') {
      const wanted = accept.find(
        (type) => aggregatedTypes.some((known) => known === type) || isPlainJson(type),
      );
      if (wanted === undefined || isPlainJson(wanted))
        return json(path === '/api' ? coreVersions() : groupList());
      const apiVersion = `apidiscovery.k8s.io/${/v=(\w+)/.exec(wanted)?.[1]}`;
      return { kind: 'json', code: 200, body: aggregated(path, apiVersion), contentType: wanted };
    }
    const [root, ...steps] = path.split('/').slice(1);
    if (root === 'api' && steps.length === 1) return json(resourceList('', steps[0] ?? ''));
    if (root === 'apis' && steps.length === 1) return json(groupOf(steps[0] ?? ''));
    if (root === 'apis' && steps.length === 2) return json(resourceList(steps[0] ?? '', steps[1] ?? ''));
    return undefined;
  }

  async #object(request: ApiRequest): Promise<Answer> {
    const target = targetOf(request.path);
    const { resource, name, subresource } = target;
    const { method } = request;
    checkAccess(this.#store, request.user, attributesOf(target, request));
    if (resource.group === metricsGroup) return this.#metrics(target, request);
    if (isReview(resource.kind) && method === 'POST') {
      return json(answerReview(this.#store, target, request), 201);
    }
    if (questions.has(resource.plural) && method === 'POST') {
      return json(answerQuestion(this.#registry, target, request), 201);
    }
    if (name === undefined) return this.#collection(target, request);
    const named = { ...target, name };
    if (subresource !== undefined) return this.#subresource(named, request);
    if (method === 'GET') {
      if (flag(request.query, 'watch')) return this.#watch(target, request);
      return this.#shown(target, request, this.#registry.get(resource, target.namespace, name));
    }
    if (method === 'PUT') {
      return this.#shown(
        target,
        request,
        this.#update(named, request, () => this.#body(target, request)),
      );
    }
    if (method === 'PATCH') return this.#patch(named, request);
    if (method === 'DELETE') return this.#delete(named, request);
    throw notAllowed(target, method);
  }

  async #metrics(target: Target, { method, path, query }: ApiRequest): Promise<Answer> {
    if (method !== 'GET') throw notAllowed(target, method);
    const { code, body } = await answerMetrics(readerOf(this.#store), path, query, this.#now().getTime());
    return json(body, code);
  }

  #collection(target: Target, request: ApiRequest): Answer {
    const { resource, namespace } = target;
    if (!verbsOf(resource).includes('list')) throw notAllowed(target, request.method);
    if (request.method === 'GET') {
      if (flag(request.query, 'watch')) return this.#watch(target, request);
      const { items, metadata } = page(this.#store, target, request);
      const objects = items.map((item) => this.#outward(target, item));
      const shape = tableWanted(request);
      if (shape !== undefined) return json(table(resource.kind, items, metadata, shape, this.#now()));
      return json({
        kind: `${resource.kind}List`,
        apiVersion: apiVersionOf(resource),
        metadata,
        // A list says once what all its items are.
        items: objects.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest),
      });
    }
    if (request.method === 'POST') {
      if (resource.namespaced && namespace === undefined) throw notAllowed(target, 'POST');
      const options = { dryRun: isDryRun(request.query) };
      const body = this.#body(target, request);
      return this.#shown(target, request, this.#registry.create(resource, namespace, body, options), 201);
    }
    if (request.method === 'DELETE') {
      const options = deleteOptions(request);
      const doomed = this.#store.list(resource, selectionOf(target, request.query));
      const items = doomed.map((one) => {
        // An earlier one of the list may have taken this one with it.
        const isThere = this.#store.get(resource, one.metadata.namespace, one.metadata.name) !== undefined;
        if (!isThere) return one;
        return this.#registry.delete(resource, one.metadata.namespace, one.metadata.name, options).object;
      });
      const metadata = { resourceVersion: String(this.#store.revision) };
      return json({ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items });
    }
    throw notAllowed(target, request.method);
  }

  async #subresource(target: NamedTarget, request: ApiRequest): Promise<Answer> {
    const { resource, namespace, name, subresource } = target;
    const { method, query, signal } = request;
    const current = this.#registry.get(resource, namespace, name);
    if (subresource === 'log' && method === 'GET') {
      const source = await podLog(this.#store, current, query, signal);
      return source === undefined ? { kind: 'nothing' } : { kind: 'stream', source };
    }
    if (subresource === 'status' || subresource === 'finalize') {
      if (method === 'GET') return this.#shown(target, request, current);
      if (method === 'PATCH') return this.#patch(target, request);
      if (method === 'PUT') {
        return this.#shown(
          target,
          request,
          this.#update(target, request, () => this.#body(target, request)),
        );
      }
    }
    if (subresource === 'scale') {
      if (method === 'GET') return json(scaleOf(current));
      if (method === 'PUT') {
        const scale = scaleBody(request.body);
        return json(scaleOf(this.#update(target, request, (now) => withScale(now, scale))));
      }
      if (method === 'PATCH') {
        const change = patchOf(request.contentType, request.body, fieldManager(request), this.#now());
        return json(scaleOf(this.#update(target, request, (now) => withScale(now, change(scaleOf(now))))));
      }
    }
    if ((subresource === 'eviction' || subresource === 'binding') && method === 'POST') {
      return json(answerQuestion(this.#registry, target, request), 201);
    }
    throw notAllowed(target, method);
  }

  #update(target: NamedTarget, request: ApiRequest, change: (current: KubeObject) => KubeObject): KubeObject {
    const { resource, namespace, name, subresource } = target;
    return this.#registry.update(resource, namespace, name, change, {
      dryRun: isDryRun(request.query),
      ...(subresource === 'status' ? { subresource } : {}),
    });
  }

  #patch(target: NamedTarget, request: ApiRequest): Answer {
    const { resource, namespace, name, subresource } = target;
    const change = patchOf(request.contentType, request.body, fieldManager(request), this.#now());
    const patched = (object: KubeObject): KubeObject =>
      this.#inward(target, change(this.#outward(target, object)));
    const isThere = this.#store.get(resource, namespace, name) !== undefined;
    if (request.contentType === applyType && subresource === undefined && !isThere) {
      const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
      const empty = asObjectOf(resource, { metadata });
      const options = { dryRun: isDryRun(request.query) };
      return this.#shown(
        target,
        request,
        this.#registry.create(resource, namespace, patched(empty), options),
        201,
      );
    }
    return this.#shown(target, request, this.#update(target, request, patched));
  }

  #delete(target: NamedTarget, request: ApiRequest): Answer {
    const { resource, namespace, name } = target;
    const { object, gone } = this.#registry.delete(resource, namespace, name, deleteOptions(request));
    if (!gone || resource.kind === 'Pod') return this.#shown(target, request, object);
    const details = { name, group: resource.group, kind: resource.plural, uid: object.metadata.uid };
    return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
  }

  #watch(target: Target, request: ApiRequest): Answer {
    const shape = tableWanted(request);
    const run = (send: Send): Promise<void> =>
      watch(this.#store, target, request, (type, object) => {
        const isObject = type !== 'ERROR' && type !== 'BOOKMARK';
        if (!isObject) send(type, object);
        else if (shape === undefined) send(type, this.#outward(target, object as KubeObject));
        else send(type, table(target.resource.kind, [object as KubeObject], {}, shape, this.#now()));
      });
    return { kind: 'watch', run };
  }

  #shown(target: Target, request: ApiRequest, object: KubeObject, code = 200): Answer {
    if (formOf(request) === 'PartialObjectMetadata') return json(metadataOnly(object), code);
    const shape = tableWanted(request);
    if (shape === undefined) return json(this.#outward(target, object), code);
    const { resourceVersion } = object.metadata;
    return json(table(target.resource.kind, [object], { resourceVersion }, shape, this.#now()), code);
  }

  #body(target: Target, { body }: ApiRequest): KubeObject {
    return this.#inward(target, asObjectOf(target.resource, body));
  }

  #outward({ resource }: Target, object: KubeObject): KubeObject {
    if (resource.group === 'events.k8s.io') return toEventsV1(object);
    return isOldAutoscaler(resource) ? toAutoscalingV1(object) : object;
  }

  #inward({ resource }: Target, object: KubeObject): KubeObject {
    if (resource.group === 'events.k8s.io') return fromEventsV1(object);
    return isOldAutoscaler(resource) ? fromAutoscalingV1(object) : object;
  }
}

function json(body: unknown, code = 200): Answer {
  return { kind: 'json', code, body };
}

function isPlainJson(type: string): boolean {
  return type === 'application/json' || type === '*/*' || type === 'application/*';
}

function isOldAutoscaler({ group, version }: Target['resource']): boolean {
  return group === 'autoscaling' && version === 'v1';
}

/** The form that the client would rather have than the object itself. */
function formOf({ accept }: ApiRequest): string | undefined {
  for (const type of accept) {
    const form = /^application\/json;.*\bas=(Table|PartialObjectMetadata)\b/.exec(type)?.[1];
    if (form !== undefined || isPlainJson(type)) return form;
  }
  return undefined;
}

/** Whether the client would rather have a Table, and with how much of each object. */
function tableWanted(request: ApiRequest): IncludeObject | undefined {
  if (formOf(request) !== 'Table') return undefined;
  const { query } = request;
  const include = query.get('includeObject');
  return include === 'None' || include === 'Object' ? include : 'Metadata';
}

function fieldManager({ query }: ApiRequest): string {
  return query.get('fieldManager') ?? '';
}

function scaleBody(body: unknown): KubeObject {
  if (!isJsonObject(body) || body['kind'] !== 'Scale' || !isJsonObject(body['metadata'])) {
    throw badRequest('the body of the request is not a Scale');
  }
  return body as unknown as KubeObject;
}

/** From the body and, in part, the query: a client may use either. */
function deleteOptions({ query, body }: ApiRequest): DeleteOptions {
  const given = isJsonObject(body) ? body : {};
  const seconds = query.get('gracePeriodSeconds') ?? given['gracePeriodSeconds'];
  const policy = query.get('propagationPolicy') ?? given['propagationPolicy'];
  const orphan = given['orphanDependents'] === true ? 'Orphan' : undefined;
  return {
    dryRun: isDryRun(query, given['dryRun']),
    ...(seconds === undefined ? {} : { gracePeriodSeconds: Math.max(0, Number(seconds)) }),
    propagationPolicy: String(policy ?? orphan ?? 'Background'),
    preconditions: (given['preconditions'] ?? {}) as JsonObject,
  };
}

function notAllowed({ resource, name }: Target, method: string): ApiFailure {
  const about = name === undefined ? qualifiedName(resource) : `${qualifiedName(resource)} "${name}"`;
  return new ApiFailure(405, 'MethodNotAllowed', `${method} is not supported on ${about}`);
}
