/** The reads of a cluster, where no credential gets out of what is read. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { redact } from '../domain/redaction.ts';
import type { ReadableCluster } from './read.ts';
import { redactObject } from './redact-object.ts';

/** Kinds whose content is for programs, and holds credentials as a rule: only which keys there are is told. */
const byPresence = new Set(['Secret', 'ConfigMap']);

/**
 * The same cluster with every text redacted; of Secrets and ConfigMaps only the names of their keys are left.
 * Whatever an analyst or a person outside may see is read through this.
 */
export function redacting(cluster: ReadableCluster): ReadableCluster {
  return {
    get: async (ref, signal) => {
      const object = await cluster.get(ref, signal);
      return object === undefined ? undefined : safe(object);
    },
    list: async (kind, selection, signal) => (await cluster.list(kind, selection, signal)).map(safe),
    metadata: async (ref, signal) => {
      const metadata = await cluster.metadata(ref, signal);
      return metadata && presenceOf({ kind: ref.kind, metadata }).metadata;
    },
    logs: async (request, signal) => redact(await cluster.logs(request, signal)),
    accountMay: async (account, right, signal) => cluster.accountMay?.(account, right, signal),
  };
}

function safe(object: KubeObject): KubeObject {
  return byPresence.has(object.kind) ? presenceOf(object) : redactObject(object);
}

/** Built anew rather than emptied: `kubectl apply` keeps a copy of the values in an annotation. */
function presenceOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp, labels, ownerReferences } =
    object.metadata;
  return {
    kind: object.kind,
    ...(object.apiVersion === undefined ? {} : { apiVersion: object.apiVersion }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(labels === undefined ? {} : { labels }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    ...(object['type'] === undefined ? {} : { type: object['type'] }),
    ...keysOf(object),
  };
}

/** The names of the keys, and of those whose value is empty: under names of their own, for nothing of `data` is left. */
function keysOf(object: KubeObject): { keys: string[]; emptyKeys: string[] } {
  const entries = ['data', 'binaryData', 'stringData'].flatMap((field) =>
    Object.entries(object[field] ?? {}),
  );
  return {
    keys: entries.map(([key]) => key),
    emptyKeys: entries.flatMap(([key, value]) => (value === '' ? [key] : [])),
  };
}
