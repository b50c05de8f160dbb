/**
 * Strategic merge patch: a merge patch that knows which lists are maps by a key, with the directives `$patch`,
 * `$retainKeys`, `$setElementOrder/FIELD` and `$deleteFromPrimitiveList/FIELD`.
 */
import { isJsonObject, type JsonObject } from '../object.ts';
import { elementKey, mergeKeys, mergesAsSet } from './merge-keys.ts';

/** @returns `target` with `patch` merged in */
export function strategicMerge(target: unknown, patch: JsonObject, path: readonly string[] = []): JsonObject {
  const directive = patch['$patch'];
  const content = Object.entries(patch).filter(([key]) => !key.startsWith('$'));
  if (directive === 'delete') return {};
  if (directive === 'replace') return Object.fromEntries(content);

  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    for (const key of [...merged.keys()]) if (!retained.includes(key)) merged.delete(key);
  }
  for (const [key, value] of Object.entries(patch)) {
    const deleted = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1];
    const list = deleted === undefined ? undefined : merged.get(deleted);
    if (deleted === undefined || !Array.isArray(list) || !Array.isArray(value)) continue;
    merged.set(
      deleted,
      list.filter((one) => !value.includes(one)),
    );
  }
  for (const [key, value] of content) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(merged.get(key), value, [...path, key]));
  }
  for (const [key, order] of Object.entries(patch)) {
    const ordered = /^\$setElementOrder\/(.+)$/.exec(key)?.[1];
    const list = ordered === undefined ? undefined : merged.get(ordered);
    if (ordered === undefined || !Array.isArray(list) || !Array.isArray(order)) continue;
    merged.set(ordered, inOrder(list, order, keyOf([...path, ordered])));
  }
  return Object.fromEntries(merged);
}

function mergeValue(target: unknown, value: unknown, path: readonly string[]): unknown {
  if (isJsonObject(value)) return strategicMerge(target, value, path);
  if (!Array.isArray(value)) return value;
  if (mergesAsSet(path)) return [...new Set([...(Array.isArray(target) ? target : []), ...value])];
  const key = keyOf(path);
  return key === undefined ? value : mergeList(Array.isArray(target) ? target : [], value, key, path);
}

function mergeList(target: unknown[], patch: unknown[], key: string, path: readonly string[]): unknown[] {
  const replaced = patch.some((one) => isJsonObject(one) && one['$patch'] === 'replace' && !(key in one));
  const result = replaced ? [] : [...target];
  for (const element of patch) {
    if (!isJsonObject(element) || !(key in element)) continue;
    const index = result.findIndex((one) => elementKey(one, [key]) === elementKey(element, [key]));
    if (element['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) result[index] = strategicMerge(result[index], element, path);
    else result.push(strategicMerge({}, element, path));
  }
  return result;
}

/** The elements that `order` names, in its order, then the others. */
function inOrder(list: unknown[], order: unknown[], key: string | undefined): unknown[] {
  const keys = key === undefined ? [] : [key];
  const positions = new Map(order.map((one, index) => [elementKey(one, keys), index]));
  const position = (one: unknown): number => positions.get(elementKey(one, keys)) ?? order.length;
  return [...list].sort((a, b) => position(a) - position(b));
}

function keyOf(path: readonly string[]): string | undefined {
  return mergeKeys(path)?.[0];
}
