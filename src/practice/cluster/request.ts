/** A request as the API understands it: which resource type, which object, which options. */
import { badRequest, unknownPath } from './failure.ts';
import type { Attributes, User } from './access.ts';
import { findResource, type Resource } from './resources.ts';

/** What a path below `/api` or `/apis` names. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export interface ApiRequest {
  /** GET, POST, PUT, PATCH or DELETE. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The media types of the Accept header, best first, without weights. */
  readonly accept: readonly string[];
  /** Without parameters. */
  readonly contentType: string;
  /** Parsed JSON; undefined where the request has no body. */
  readonly body: unknown;
  /** Who asks, or who is asked for. */
  readonly user: User;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * Reads `/api/v1/...` or `/apis/GROUP/VERSION/...`.
 * @throws ApiFailure 404 where the path names no resource type that is served
 */
export function targetOf(path: string): Target {
  const steps = path.split('/').slice(1).map(decoded);
  const [group, version, rest] =
    steps[0] === 'api' ? ['', steps[1], steps.slice(2)] : [steps[1], steps[2], steps.slice(3)];
  // "/namespaces/NAME/status" and "/namespaces/NAME" are about a namespace, "/namespaces/NAME/pods" is within one.
  const within =
    rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const namespace = within ? rest[1] : undefined;
  const [plural = '', name, subresource, ...more] = within ? rest.slice(2) : rest;
  const resource = findResource(group ?? '', version ?? '', plural);
  if (resource === undefined || more.length > 0) throw unknownPath();
  if (within && !resource.namespaced) throw unknownPath();
  if (subresource !== undefined && !resource.subresources.includes(subresource)) throw unknownPath();
  return { resource, namespace, name, subresource };
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    throw badRequest('the path is not a valid URL path');
  }
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** What a request wants to do, as access rules put it. */
export function attributesOf(target: Target, { method, query }: ApiRequest): Attributes {
  const { resource, subresource, name, namespace } = target;
  const verb = verbs[method] ?? method.toLowerCase();
  const ofMany = name === undefined || flag(query, 'watch');
  const asked =
    verb === 'get' && ofMany
      ? flag(query, 'watch')
        ? 'watch'
        : 'list'
      : verb === 'delete' && ofMany
        ? 'deletecollection'
        : verb;
  return { verb: asked, group: resource.group, resource: resource.plural, subresource, name, namespace };
}

/** Whether a query parameter is set to something true. */
export function flag(query: URLSearchParams, name: string): boolean {
  return ['true', '1', ''].includes(query.get(name) ?? 'false');
}

/** A whole number of 0 or more in the query. @throws ApiFailure 400 */
export function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text))
    throw badRequest(`Invalid value: ${JSON.stringify(text)}: ${name} must be a whole number`);
  return Number(text);
}

/** Whether nothing is to be stored. @throws ApiFailure 400 for any value but `All` */
export function isDryRun(query: URLSearchParams, bodyValue?: unknown): boolean {
  const values = [...query.getAll('dryRun'), ...(Array.isArray(bodyValue) ? (bodyValue as unknown[]) : [])];
  if (values.some((value) => value !== 'All'))
    throw badRequest('dryRun: Unsupported value: supported values: "All"');
  return values.length > 0;
}
