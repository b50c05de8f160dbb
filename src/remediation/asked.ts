/**
 * What an object asks for, in one form for everything that means the same to the API server. Pure.
 *
 * Clients and versions of Kubernetes differ in how they write nothing: kubectl up to 1.32 sends `creationTimestamp: null` in
 * templates, others an empty list or map. For the kinds of Kubernetes itself the API server reads all of that as absent. Only
 * what stands in the tables below is taken as nothing: an `emptyDir: {}` or a `podSelector: {}` says something, and what is in
 * doubt counts. What a custom resource means is known to its controller alone: it counts to the letter.
 */
import { apiVersionOf } from '../cluster/resources.ts';
import type { KubeObject } from '../domain/kubernetes.ts';

/** Fields that the cluster writes by itself. All others are somebody's wish. */
const written = new Set(['status', 'metadata', 'kind', 'apiVersion']);

/** API groups whose objects are decoded into the types of k8s.io/api and kept as protobuf, which has no empty lists and maps. */
const ownGroups = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'extensions',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'discovery.k8s.io',
  'coordination.k8s.io',
  'scheduling.k8s.io',
]);

/** Maps of texts: absent where they are empty; in them a key counts, whatever its value. */
const textMaps = new Set(['labels', 'annotations', 'nodeSelector', 'matchLabels', 'data', 'binaryData']);
/** Maps of quantities. */
const quantityMaps = new Set(['limits', 'requests', 'hard', 'capacity', 'overhead']);
const quantities = new Set(['sizeLimit', 'divisor']);
/** Structs that are no pointers in the API types: there or not, they are the same while nothing is in them. */
const structs = new Set(['metadata', 'resources', 'strategy', 'updateStrategy', 'status']);
/** Lists that are left out where they are empty. */
const lists = new Set([
  'args',
  'command',
  'containers',
  'env',
  'envFrom',
  'ephemeralContainers',
  'externalIPs',
  'finalizers',
  'hostAliases',
  'imagePullSecrets',
  'initContainers',
  'loadBalancerSourceRanges',
  'matchExpressions',
  'ownerReferences',
  'readinessGates',
  'tolerations',
  'volumeClaimTemplates',
  'volumeDevices',
  'volumeMounts',
  'volumes',
]);
/** Flags that are no pointers in the API types: false is what they are without a value. */
const flags = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'paused',
  'publishNotReadyAddresses',
  'stdin',
  'stdinOnce',
  'tty',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Everything but metadata and status, to the letter. */
export function literallyAsked(object: KubeObject): Fields {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !written.has(field)));
}

/** Everything but metadata and status, without what means nothing, quantities as numbers. */
export function asked(object: KubeObject): Fields {
  const fields = literallyAsked(object);
  if (!isOfKubernetes(object)) return fields;
  return struct(fields, object.kind === 'Service' || object.kind === 'ReplicationController');
}

/** Everything but metadata and status, to the letter but for members that are null. */
export function askedWithoutNulls(object: KubeObject): Fields {
  const fields = literallyAsked(object);
  return isOfKubernetes(object) ? (withoutNulls(fields) as Fields) : fields;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, isMap(key) ? member : withoutNulls(member)]),
  );
}

function isOfKubernetes({ apiVersion, kind }: KubeObject): boolean {
  const version = apiVersion ?? apiVersionOf(kind);
  if (version === undefined) return false;
  return ownGroups.has(version.includes('/') ? (version.split('/')[0] ?? '') : '');
}

const isMap = (key: string): boolean => textMaps.has(key) || quantityMaps.has(key);

/** @param selectorIsMap in these kinds `spec.selector` is a map of labels; in others an empty one selects everything */
function struct(fields: Fields, selectorIsMap: boolean): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      const meaning = member(key, value, selectorIsMap);
      return meaning === undefined ? [] : [[key, meaning]];
    }),
  );
}

/** The meaning of a struct's member; undefined where it has none. */
function member(key: string, value: unknown, selectorIsMap: boolean): unknown {
  if (value === null || value === undefined) return undefined;
  if (value === false && flags.has(key)) return undefined;
  if (Array.isArray(value)) {
    return value.length === 0 && lists.has(key) ? undefined : value.map((one) => element(one, selectorIsMap));
  }
  if (typeof value !== 'object') return quantities.has(key) ? numberOf(value) : value;
  const fields = value as Fields;
  if (isMap(key) || (key === 'selector' && selectorIsMap)) {
    const entries = Object.entries(fields);
    if (entries.length === 0) return undefined;
    return quantityMaps.has(key)
      ? Object.fromEntries(entries.map(([name, one]) => [name, numberOf(one)]))
      : fields;
  }
  const meaning = struct(fields, selectorIsMap);
  return structs.has(key) && Object.keys(meaning).length === 0 ? undefined : meaning;
}

function element(value: unknown, selectorIsMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => element(one, selectorIsMap));
  return typeof value === 'object' && value !== null ? struct(value as Fields, selectorIsMap) : value;
}

const powers: Readonly<Record<string, readonly [base: bigint, exponent: number]>> = {
  ...{ n: [10n, -9], u: [10n, -6], m: [10n, -3], '': [10n, 0], k: [10n, 3], M: [10n, 6] },
  ...{ G: [10n, 9], T: [10n, 12], P: [10n, 15], E: [10n, 18] },
  ...{ Ki: [2n, 10], Mi: [2n, 20], Gi: [2n, 30], Ti: [2n, 40], Pi: [2n, 50], Ei: [2n, 60] },
};
/** Larger ones are no quantities, and would take their time. */
const largestExponent = 100;

/** `1000m` and `1` as the same exact fraction; what is no quantity stays as it is. */
function numberOf(value: unknown): unknown {
  const text = String(value);
  const match = /^([+-]?)(\d{1,100})(?:\.(\d{0,100}))?(?:[eE]([+-]?\d{1,3})|([a-zA-Z]{0,2}))$/.exec(text);
  if (match === null) return value;
  const [, sign = '', whole = '', fraction = '', ten, suffix = ''] = match;
  const power = Object.hasOwn(powers, suffix) ? powers[suffix] : undefined;
  const [base, exponent] = ten === undefined ? (power ?? []) : [10n, Number(ten)];
  if (base === undefined || exponent === undefined || Math.abs(exponent) > largestExponent) return value;
  const factor = base ** BigInt(Math.abs(exponent));
  const digits = BigInt(`${whole}${fraction}`) * (exponent > 0 ? factor : 1n);
  const parts = 10n ** BigInt(fraction.length) * (exponent < 0 ? factor : 1n);
  const shared = greatestDivisor(digits, parts);
  return `quantity ${digits === 0n ? '' : sign.replace('+', '')}${digits / shared}/${parts / shared}`;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
