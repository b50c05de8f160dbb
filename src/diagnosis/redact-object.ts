/** Kubernetes objects without credentials, for everything that leaves the collecting. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { redactTree } from '../domain/redaction.ts';

/** Maps whose values a remedy needs to the letter, and which hold no secrets: labels and what selects by them. */
const exact = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);

/** A copy with every text redacted. Fields that only servers need are left out. */
export function redactObject(object: KubeObject): KubeObject {
  return redactTree(
    { ...object, metadata: { ...object.metadata, managedFields: undefined } },
    { exact: (key) => exact.has(key) },
  );
}
