/** A refusal of the API server: an error that is answered as a Kubernetes `Status`. */
import type { JsonObject } from './object.ts';
import { qualifiedKind, qualifiedName, type Resource } from './resources.ts';

/** One field that a 422 names. */
export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden';
  readonly field: string;
  readonly message: string;
}

/** Thrown anywhere below the HTTP layer; {@link ApiFailure.status} is what the client reads. */
export class ApiFailure extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;

  /** @param code the HTTP status code */
  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body of the answer. */
  get status(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, 'BadRequest', message);
}

/** Where a path, a resource type or a subresource is unknown. */
export function unknownPath(): ApiFailure {
  return new ApiFailure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notFound(resource: Resource, name: string): ApiFailure {
  return new ApiFailure(
    404,
    'NotFound',
    `${qualifiedName(resource)} "${name}" not found`,
    about(resource, name),
  );
}

export function alreadyExists(resource: Resource, name: string): ApiFailure {
  return new ApiFailure(
    409,
    'AlreadyExists',
    `${qualifiedName(resource)} "${name}" already exists`,
    about(resource, name),
  );
}

/** @param why ends the message, after the colon */
export function conflict(resource: Resource, name: string, why: string): ApiFailure {
  return new ApiFailure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    about(resource, name),
  );
}

export function forbidden(resource: Resource, name: string, why: string): ApiFailure {
  return new ApiFailure(
    403,
    'Forbidden',
    `${qualifiedName(resource)} "${name}" is forbidden: ${why}`,
    about(resource, name),
  );
}

/** A 422 that names every field that is wrong. */
export function invalid(resource: Resource, name: string, causes: readonly Cause[]): ApiFailure {
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = lines.length === 1 ? lines.join() : `[${lines.join(', ')}]`;
  return new ApiFailure(422, 'Invalid', `${qualifiedKind(resource)} "${name}" is invalid: ${text}`, {
    name,
    ...groupOf(resource),
    kind: resource.kind,
    causes: causes.map(({ reason, field, message }) => ({ reason, message, field })),
  });
}

/** The resource version that a watch or a continued list wants is no longer known. */
export function expired(message: string): ApiFailure {
  return new ApiFailure(410, 'Expired', message);
}

function about(resource: Resource, name: string): JsonObject {
  return { name, ...groupOf(resource), kind: resource.plural };
}

/** The core group is left out. */
function groupOf({ group }: Resource): { group?: string } {
  return group === '' ? {} : { group };
}
