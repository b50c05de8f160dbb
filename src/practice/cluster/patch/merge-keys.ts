/**
 * By which fields the elements of a list are told apart when a patch is merged into it. A list that is not named here
 * is replaced as a whole. From the `patchMergeKey` and `listMapKey` markers of the Kubernetes API types.
 */
import { isJsonObject } from '../object.ts';

const byField: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    containers: ['name'],
    initContainers: ['name'],
    ephemeralContainers: ['name'],
    volumes: ['name'],
    env: ['name'],
    volumeMounts: ['mountPath'],
    volumeDevices: ['devicePath'],
    imagePullSecrets: ['name'],
    secrets: ['name'],
    hostAliases: ['ip'],
    topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
    ownerReferences: ['uid'],
    conditions: ['type'],
    podIPs: ['ip'],
    addresses: ['type'],
  }),
);

/** Lists of plain values that are merged as sets. */
const sets: ReadonlySet<string> = new Set(['metadata.finalizers']);

/** Objects that server-side apply replaces as a whole. */
const atomic: ReadonlySet<string> = new Set([
  'selector',
  'nodeSelector',
  'configMapKeyRef',
  'secretKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'scaleTargetRef',
]);

/**
 * @param path the fields above the list and its own, without list positions: `['spec', 'containers']`
 * @returns the key fields, the first of which strategic merge patches use alone
 */
export function mergeKeys(path: readonly string[]): readonly string[] | undefined {
  const field = path.at(-1) ?? '';
  if (field !== 'ports') return byField.get(field);
  const parent = path.at(-2);
  if (parent === 'containers' || parent === 'initContainers') return ['containerPort', 'protocol'];
  return path.length === 2 && parent === 'spec' ? ['port', 'protocol'] : undefined;
}

export function mergesAsSet(path: readonly string[]): boolean {
  return sets.has(path.slice(-2).join('.'));
}

export function appliesAsWhole(path: readonly string[]): boolean {
  return atomic.has(path.at(-1) ?? '');
}

/** The key of one list element as text, with the API's default for a port's protocol. */
export function elementKey(element: unknown, keys: readonly string[]): string {
  if (!isJsonObject(element)) return JSON.stringify(element);
  const entries = keys.map((key) => [key, element[key] ?? (key === 'protocol' ? 'TCP' : undefined)]);
  return JSON.stringify(Object.fromEntries(entries));
}
