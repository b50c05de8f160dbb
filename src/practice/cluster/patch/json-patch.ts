/** JSON Patch (RFC 6902) over JSON Pointers (RFC 6901). */
import { isDeepStrictEqual } from 'node:util';
import { ApiFailure, badRequest } from '../failure.ts';
import { isJsonObject } from '../object.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** @returns `document` with all operations applied; `document` itself is left alone */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const root = { '': structuredClone(document) };
  for (const operation of patch as Operation[]) apply(root, operation);
  return root[''];
}

function apply(root: object, { op, path, from, value }: Operation): void {
  if (op === 'add') add(root, path, structuredClone(value));
  else if (op === 'remove') take(root, path);
  else if (op === 'replace') {
    read(root, path);
    write(root, path, structuredClone(value));
  } else if (op === 'move') add(root, path, take(root, from ?? ''));
  else if (op === 'copy') add(root, path, structuredClone(read(root, from ?? '')));
  else if (op === 'test') {
    if (!isDeepStrictEqual(read(root, path), value)) throw unprocessable();
  } else throw unprocessable();
}

/** The container that holds the value at `pointer`, and the value's key in it. */
function locate(root: object, pointer: string): { holder: unknown; key: string } {
  if (pointer !== '' && !pointer.startsWith('/')) throw unprocessable();
  const steps = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = steps.pop() ?? '';
  const holder = steps.reduce<unknown>((here, step) => child(here, step), root);
  return { holder, key };
}

function child(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return holder[Number(key)] as unknown;
  return isJsonObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}

function read(root: object, pointer: string): unknown {
  const { holder, key } = locate(root, pointer);
  const value = child(holder, key);
  if (value === undefined) throw unprocessable();
  return value;
}

function add(root: object, pointer: string, value: unknown): void {
  const { holder, key } = locate(root, pointer);
  if (!Array.isArray(holder)) {
    write(root, pointer, value);
    return;
  }
  const index = key === '-' ? holder.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > holder.length) throw unprocessable();
  holder.splice(index, 0, value);
}

function take(root: object, pointer: string): unknown {
  const value = read(root, pointer);
  const { holder, key } = locate(root, pointer);
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (isJsonObject(holder)) Reflect.deleteProperty(holder, key);
  return value;
}

function write(root: object, pointer: string, value: unknown): void {
  const { holder, key } = locate(root, pointer);
  if (Array.isArray(holder)) holder[Number(key)] = value;
  // Defined rather than assigned, so that a key such as __proto__ stays a key.
  else if (isJsonObject(holder)) {
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  } else throw unprocessable();
}

/** A real server does not say which operation it was. */
function unprocessable(): ApiFailure {
  return new ApiFailure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
