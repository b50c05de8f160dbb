/** The scale subresource: a workload's replica count as an `autoscaling/v1` Scale. */
import { at, isJsonObject, type JsonObject, type KubeObject } from './object.ts';

/** @returns the Scale of a Deployment, ReplicaSet, StatefulSet or ReplicationController */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'];
  const replicas = at(object, 'spec', 'replicas') ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    // Zero is left out, as the API marks this field.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: at(object, 'status', 'replicas') ?? 0,
      selector: selectorText(at(object, 'spec', 'selector')),
    },
  };
}

/** @returns the workload with the replica count of `scale`; a stale resource version in it stays, to be refused */
export function withScale(object: KubeObject, scale: KubeObject): KubeObject {
  const {
    resourceVersion = object.metadata.resourceVersion,
    name,
    uid = object.metadata.uid,
  } = scale.metadata;
  return {
    ...object,
    metadata: { ...object.metadata, name, uid, resourceVersion },
    spec: { ...(object['spec'] as JsonObject), replicas: at(scale, 'spec', 'replicas') ?? 0 },
  } as KubeObject;
}

/** A label selector object in the query notation, such as `app=web,tier in (a,b)`. */
export function selectorText(selector: unknown): string {
  if (!isJsonObject(selector)) return '';
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  const labels = (isPlain ? selector : (selector['matchLabels'] ?? {})) as Record<string, string>;
  const expressions = (isPlain ? [] : (selector['matchExpressions'] ?? [])) as {
    key: string;
    operator: string;
    values?: string[];
  }[];
  return [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
    }),
  ].join(',');
}
