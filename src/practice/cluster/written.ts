/**
 * Objects as an API server writes them: what is empty, null or zero and marked `omitempty` in the API types is left out, and
 * moments that never were are null. Source: the JSON tags of k8s.io/api. A null that a client sends is what is left out, as
 * after decoding: kubectl up to 1.32 sends `creationTimestamp: null` in templates.
 */
import { isJsonObject, type JsonObject, type KubeObject } from './object.ts';

/** Lists that are written even when they are empty. */
const writtenEmpty: ReadonlySet<string> = new Set([
  'rules',
  'resourceRules',
  'nonResourceRules',
  'endpoints',
]);

/** Maps that are left out when they are empty. Any other object is there or is not: `emptyDir: {}` says something. */
const maps: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'limits',
  'requests',
  'matchLabels',
  'data',
  'binaryData',
]);

/** Of these maps, those whose values are texts: a null in them is the empty text, and its key stays. */
const textMaps: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'matchLabels',
  'data',
  'binaryData',
]);

/** Flags that are left out while they are false, since false is what they are without a value. */
const flags: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'paused',
  'publishNotReadyAddresses',
  'stdin',
  'stdinOnce',
  'tty',
]);

/** What a template of pods consists of: what else a client sends is dropped, such as the `status: {}` of a Pod. */
const templateFields: ReadonlySet<string> = new Set(['metadata', 'spec']);

/** Fields of a status that are written even when they are zero. */
const writtenZero: Readonly<Record<string, readonly string[]>> = {
  Deployment: [],
  ReplicaSet: ['replicas'],
  StatefulSet: ['replicas', 'availableReplicas'],
  Job: [],
};

/** Kinds that have these fields at the top and no others: what else a client sends is dropped. */
const inTwoHalves: ReadonlySet<string> = new Set([
  'Pod',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);
const halves: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

/** @returns the object as it is kept and answered */
export function asWritten(object: KubeObject): KubeObject {
  const known = Object.entries(object).filter(
    ([field]) => !inTwoHalves.has(object.kind) || halves.has(field),
  );
  const written = withoutEmpty(Object.fromEntries(known)) as unknown as KubeObject;
  const zeros = writtenZero[object.kind];
  const status = written['status'];
  if (zeros !== undefined && isJsonObject(status)) {
    const entries = Object.entries(status).filter(([field, value]) => value !== 0 || zeros.includes(field));
    return { ...written, status: Object.fromEntries(entries) };
  }
  if (object.kind === 'Pod' && isJsonObject(status) && Array.isArray(status['conditions'])) {
    const conditions = (status['conditions'] as JsonObject[]).map((one) => ({ lastProbeTime: null, ...one }));
    return { ...written, status: { ...status, conditions } };
  }
  if (object.kind === 'Event') {
    const never = { eventTime: null, firstTimestamp: null, lastTimestamp: null };
    return { ...never, reportingComponent: '', reportingInstance: '', source: {}, ...written };
  }
  return written;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key, one]) => !isEmpty(key, one))
    .map(([key, one]) => [key, writtenMember(key, one)]);
  return Object.fromEntries(entries);
}

function writtenMember(key: string, value: unknown): unknown {
  if (key === 'fieldsV1') return value;
  if (!isJsonObject(value)) return withoutEmpty(value);
  if (maps.has(key)) {
    const nothing = textMaps.has(key) ? '' : '0';
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, one ?? nothing]));
  }
  if (key !== 'template') return withoutEmpty(value);
  return withoutEmpty(
    Object.fromEntries(Object.entries(value).filter(([field]) => templateFields.has(field))),
  );
}

function isEmpty(key: string, value: unknown): boolean {
  if (value === undefined || value === null) return !writtenEmpty.has(key);
  if (value === false) return flags.has(key);
  if (Array.isArray(value)) return value.length === 0 && !writtenEmpty.has(key);
  return maps.has(key) && isJsonObject(value) && Object.keys(value).length === 0;
}
