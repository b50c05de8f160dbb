/** JSON Merge Patch (RFC 7396). */
import { isJsonObject, type JsonObject } from '../object.ts';

/** @returns `target` with `patch` merged in: null removes, objects merge, anything else replaces */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged) satisfies JsonObject;
}
