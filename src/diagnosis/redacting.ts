/** The reads of a cluster, where no credential gets out of what is read. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { hasFormOfToken, redact } from '../domain/redaction.ts';
import type { ReadableCluster } from './read.ts';
import { isObjectName, redactObject } from '../domain/redaction/object.ts';

/** Kinds whose content is for programs, and holds credentials as a rule: only which keys there are is told. */
const byPresence = new Set(['Secret', 'ConfigMap']);

/**
 * The same cluster with every text redacted; of Secrets and ConfigMaps only the names of their keys are left.
 * Whatever an analyst or a person outside may see is read through this. What was asked for or read is known by name from
 * then on, and logs and events that name it are left to say so.
 */
export function redacting(cluster: ReadableCluster): ReadableCluster {
  const names = new Set<string>();
  const know = (name: string | undefined): void => {
    if (name !== undefined && isObjectName(name) && hasFormOfToken(name)) names.add(name);
  };
  const safe = (object: KubeObject): KubeObject => {
    know(object.metadata.name);
    know(object.metadata.namespace);
    return byPresence.has(object.kind) ? presenceOf(object) : redactObject(object, { names });
  };
  return {
    get: async (ref, signal) => {
      know(ref.name);
      know(ref.namespace);
      const object = await cluster.get(ref, signal);
      return object === undefined ? undefined : safe(object);
    },
    list: async (kind, selection, signal) => {
      know(selection.namespace);
      const objects = await cluster.list(kind, selection, signal);
      return objects.map(safe);
    },
    metadata: async (ref, signal) => {
      const metadata = await cluster.metadata(ref, signal);
      return metadata && presenceOf({ kind: ref.kind, metadata }).metadata;
    },
    logs: async (request, signal) => {
      know(request.pod);
      know(request.namespace);
      return redact(await cluster.logs(request, signal), { names });
    },
    accountMay: async (account, right, signal) => cluster.accountMay?.(account, right, signal),
  };
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
