/** What `kubectl apply` last applied to an object, as it notes itself in an annotation. */
import type { Sourced } from '../domain/diagnosis.ts';
import type { KubeObject } from '../domain/kubernetes.ts';

/**
 * The `spec` that was applied last; undefined where there is none or it is not to be read. An annotation: the API server keeps what
 * it is given and answers for none of it.
 */
export function lastAppliedSpec(object: KubeObject): Sourced<Readonly<Record<string, unknown>>> | undefined {
  const text = object.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (text === undefined) return undefined;
  try {
    const { spec } = JSON.parse(text) as { spec?: unknown };
    return typeof spec === 'object' && spec !== null
      ? { value: spec as Record<string, unknown>, provenance: 'written' }
      : undefined;
  } catch {
    return undefined;
  }
}
