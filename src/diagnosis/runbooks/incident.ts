/** An incident as runbooks see it: what their conditions are matched against, and what their placeholders stand for. */
import type { Alert } from '../../domain/incident.ts';
import type { ObjectRef } from '../../domain/kubernetes.ts';
import { countingPods, isReady } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { RunbookSubject } from './match.ts';
import type { PlaceholderValues } from './placeholders.ts';

/** @param target undefined while nobody knows it */
export function subjectOf(
  { title, service }: Pick<Alert, 'title' | 'service'>,
  target: Partial<ObjectRef> | undefined,
): RunbookSubject {
  const { namespace, kind, name } = target ?? {};
  return {
    alert: title,
    ...(service === undefined ? {} : { service }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
  };
}

/** `pod` is the target, or the first of its pods by name that is not ready: a runbook must not be turned on a healthy one. */
export function valuesOf(snapshot: Snapshot): PlaceholderValues {
  const { namespace, kind, name } = snapshot.target;
  const [troubled] = countingPods(snapshot)
    .filter((pod) => !isReady(pod))
    .map((pod) => pod.metadata.name)
    .sort();
  const pod = kind === 'Pod' ? name : troubled;
  return { namespace, kind: kind.toLowerCase(), name, ...(pod === undefined ? {} : { pod }) };
}
