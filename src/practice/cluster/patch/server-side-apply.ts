/**
 * Server-side apply: what a manager applies is merged in, and what it applied before and no longer does is removed.
 * Ownership is kept for managers that apply; conflicts with other managers are not judged: the last one wins.
 */
import { isJsonObject, type JsonObject } from '../object.ts';
import { appliesAsWhole, elementKey, mergeKeys, mergesAsSet } from './merge-keys.ts';

/** Identity fields, which every manager names and none owns. */
const identity = new Set(['apiVersion', 'kind']);
const identityOfMetadata = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
]);

/**
 * @param current the object as it is
 * @param applied what the manager wants now
 * @param before the fields it applied last time, as {@link fieldsOf} wrote them
 */
export function applied(current: unknown, wanted: JsonObject, before: JsonObject): JsonObject {
  const cleaned = without(current, before, fieldsOf(wanted), []);
  return merged(cleaned, wanted, []) as JsonObject;
}

/** The set of fields in an applied configuration, in the notation of `managedFields[].fieldsV1`. */
export function fieldsOf(value: unknown, path: readonly string[] = []): JsonObject {
  if (Array.isArray(value)) {
    const keys = mergeKeys(path);
    if (keys !== undefined) {
      return Object.fromEntries(
        value.map((one) => [`k:${elementKey(one, keys)}`, { '.': {}, ...fieldsOf(one, path) }]),
      );
    }
    return mergesAsSet(path) ? Object.fromEntries(value.map((one) => [`v:${JSON.stringify(one)}`, {}])) : {};
  }
  if (!isJsonObject(value) || appliesAsWhole(path)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(path.length === 0 && identity.has(key)))
      .filter(([key]) => !(path.length === 1 && path[0] === 'metadata' && identityOfMetadata.has(key)))
      .map(([key, one]) => [`f:${key}`, fieldsOf(one, [...path, key])]),
  );
}

function merged(current: unknown, wanted: unknown, path: readonly string[]): unknown {
  if (Array.isArray(wanted)) {
    const present = Array.isArray(current) ? (current as unknown[]) : [];
    if (mergesAsSet(path)) return [...new Set([...present, ...wanted])];
    const keys = mergeKeys(path);
    if (keys === undefined) return wanted;
    const result = [...present];
    for (const one of wanted) {
      const index = result.findIndex((other) => elementKey(other, keys) === elementKey(one, keys));
      if (index >= 0) result[index] = merged(result[index], one, path);
      else result.push(merged(undefined, one, path));
    }
    return result;
  }
  if (!isJsonObject(wanted) || appliesAsWhole(path)) return wanted;
  const result = new Map(Object.entries(isJsonObject(current) ? current : {}));
  for (const [key, value] of Object.entries(wanted)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value, [...path, key]));
  }
  return Object.fromEntries(result);
}

/** `value` without the fields that are in `before` and not in `now`. */
function without(value: unknown, before: JsonObject, now: JsonObject, path: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const keys = mergeKeys(path) ?? [];
    return value.flatMap((one) => {
      const field = isJsonObject(one) ? `k:${elementKey(one, keys)}` : `v:${JSON.stringify(one)}`;
      if (!isJsonObject(before[field])) return [one];
      return field in now ? [without(one, child(before, field), child(now, field), path)] : [];
    });
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const field = `f:${key}`;
      if (!(field in before)) return [[key, one]];
      if (field in now) return [[key, without(one, child(before, field), child(now, field), [...path, key])]];
      // Something below may belong to others: only the manager's own leaves go.
      const rest = isLeaf(child(before, field))
        ? undefined
        : without(one, child(before, field), {}, [...path, key]);
      return rest === undefined || isEmpty(rest) ? [] : [[key, rest]];
    }),
  );
}

function child(fields: JsonObject, field: string): JsonObject {
  const value = fields[field];
  return isJsonObject(value) ? value : {};
}

function isLeaf(fields: JsonObject): boolean {
  return Object.keys(fields).length === 0;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
