/** Reading events (core/v1 Event). */
import type { KubeObject } from '../domain/kubernetes.ts';

/** When an event was last seen, ISO 8601; events of the newer kind have `eventTime` only. */
export function eventTime(event: KubeObject): string {
  return String(
    event['series']?.lastObservedTime ??
      event['lastTimestamp'] ??
      event['eventTime'] ??
      event.metadata.creationTimestamp ??
      '',
  );
}
