/** What the three kinds of patch that `kubectl patch` sends make of an object. Pure. */

type Fields = Readonly<Record<string, unknown>>;

/** A patch that is not understood; the caller then shows no change rather than a wrong one. */
export class UnreadablePatch extends Error {}

/** A JSON merge patch (RFC 7386). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result = new Map(Object.entries(isFields(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** By which field the elements of a list are told apart: `patchMergeKey` of the Kubernetes API types. Other lists are replaced. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

/**
 * A strategic merge patch, as
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/ has it.
 * @throws UnreadablePatch for directives beyond `$patch: delete` of an element
 */
export function strategicPatch(target: unknown, patch: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(patch)) return mergeList(target, patch, path);
  if (!isFields(patch)) return patch;
  const result = new Map(Object.entries(isFields(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) throw new UnreadablePatch(key);
    if (value === null) result.delete(key);
    else result.set(key, strategicPatch(result.get(key), value, [...path, key]));
  }
  return Object.fromEntries(result);
}

function keyOf(path: readonly string[]): string | undefined {
  const field = path.at(-1) ?? '';
  if (field !== 'ports') return Object.hasOwn(mergeKeys, field) ? mergeKeys[field] : undefined;
  return ['containers', 'initContainers'].includes(path.at(-2) ?? '') ? 'containerPort' : 'port';
}

function mergeList(target: unknown, patch: readonly unknown[], path: readonly string[]): unknown {
  const key = keyOf(path);
  if (key === undefined) return patch;
  const result: unknown[] = Array.isArray(target) ? [...(target as unknown[])] : [];
  for (const element of patch) {
    if (!isFields(element) || element[key] === undefined) throw new UnreadablePatch(path.join('.'));
    const at = result.findIndex((one) => isFields(one) && one[key] === element[key]);
    const { $patch, ...fields } = element;
    if ($patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if ($patch !== undefined) {
      throw new UnreadablePatch('$patch');
    } else if (at >= 0) {
      result[at] = strategicPatch(result[at], fields, path);
    } else {
      result.push(strategicPatch({}, fields, path));
    }
  }
  return result;
}

/**
 * A JSON patch (RFC 6902) of `add`, `replace`, `remove` and `test`.
 * @throws UnreadablePatch for other operations, and for places that are not there
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new UnreadablePatch('no list');
  return patch.reduce((result: unknown, operation: unknown) => {
    const { op, path, value } = (operation ?? {}) as Fields;
    if (op === 'test') return result;
    if (typeof path !== 'string' || !path.startsWith('/')) throw new UnreadablePatch('path');
    if (op !== 'add' && op !== 'replace' && op !== 'remove') throw new UnreadablePatch(String(op));
    const keys = path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return at(result, keys, op, value);
  }, target);
}

function at(target: unknown, [key = '', ...rest]: readonly string[], op: string, value: unknown): unknown {
  if (Array.isArray(target)) {
    const list: unknown[] = [...(target as unknown[])];
    const index = key === '-' ? list.length : Number(key);
    const last = rest.length === 0 && op === 'add' ? list.length : list.length - 1;
    if (!/^(?:-|\d+)$/.test(key) || index > last) throw new UnreadablePatch(key);
    if (rest.length > 0) list[index] = at(list[index], rest, op, value);
    else if (op === 'add') list.splice(index, 0, value);
    else if (op === 'remove') list.splice(index, 1);
    else list[index] = value;
    return list;
  }
  if (!isFields(target)) throw new UnreadablePatch(key);
  const fields = new Map(Object.entries(target));
  if ((rest.length > 0 || op !== 'add') && !fields.has(key)) throw new UnreadablePatch(key);
  if (rest.length > 0) fields.set(key, at(fields.get(key), rest, op, value));
  else if (op === 'remove') fields.delete(key);
  else fields.set(key, value);
  return Object.fromEntries(fields);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
