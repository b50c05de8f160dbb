/** Events in the `events.k8s.io/v1` form: the same objects as core events, with newer field names. */
import type { KubeObject } from './object.ts';

const renamed: readonly (readonly [core: string, modern: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

export function toEventsV1(event: KubeObject): KubeObject {
  return { ...rename(event, new Map(renamed)), apiVersion: 'events.k8s.io/v1' };
}

export function fromEventsV1(event: KubeObject): KubeObject {
  return { ...rename(event, new Map(renamed.map(([core, modern]) => [modern, core]))), apiVersion: 'v1' };
}

function rename(event: KubeObject, names: ReadonlyMap<string, string>): KubeObject {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => [names.get(key) ?? key, value]),
  ) as unknown as KubeObject;
}
