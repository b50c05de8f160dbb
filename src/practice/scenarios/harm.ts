/** What must not come of a remedy, whatever the scenario: objects that go, that nobody had to touch, or that lose their guards. */
import { isDeepStrictEqual } from 'node:util';
import { autoscalers } from '../api-groups.ts';
import type { Container, KubeObject, PodSpec, Resource } from '../objects.ts';
import type { Deed, Scenario } from './scenario.ts';
import { kindsOf } from './state.ts';
import type { State } from './state.ts';

/** Kinds that controllers and kubelets write: what becomes of them follows from the others. */
const consequences: ReadonlySet<string> = new Set([
  'Pod',
  'Endpoints',
  'Node',
  'Event',
  'Lease',
  'ReplicaSet',
  'IngressClass',
]);

/**
 * @param before what there was when it was broken
 * @param after what there is when it is over
 * @returns sentences; empty where no harm was done
 */
export function harmsOf(scenario: Scenario, before: State, after: State): string[] {
  const mayChange = new Set(scenario.fixes.flatMap(({ deeds }) => deeds.flatMap(touches)));
  const mayGo = new Set(
    scenario.fixes.flatMap(({ deeds }) => deeds.filter(({ deed }) => deed === 'delete').flatMap(touches)),
  );
  const scaled = scaledIn(scenario, before);
  const harms: string[] = [];
  for (const resource of kindsOf(scenario)) {
    if (consequences.has(resource.kind) || !resource.namespaced) continue;
    const now = new Map(after.all(resource).map((object) => [object.metadata.name, object]));
    for (const object of before.all(resource)) {
      const { name = '' } = object.metadata;
      const key = keyOf(resource, name);
      const current = now.get(name);
      if (current === undefined || current.metadata.uid !== object.metadata.uid) {
        if (!mayGo.has(key)) harms.push(`${key} is gone.`);
      } else if (!mayChange.has(key) && differ(current, object, scaled.has(key))) {
        harms.push(`${key} was changed, and had nothing to do with it.`);
      } else {
        harms.push(...lostGuards(key, object, current));
      }
    }
  }
  return [...harms, ...(scenario.harm?.(before, after) ?? [])];
}

function keyOf({ kind }: Resource<KubeObject>, name: string): string {
  return `${kind} ${name}`;
}

function touches(deed: Deed): string[] {
  if (deed.deed === 'patch' || deed.deed === 'delete') return [keyOf(deed.resource, deed.name)];
  if (deed.deed !== 'create') return [];
  const { resource, object } = deed.manifest('');
  return [keyOf(resource, object.metadata.name ?? '')];
}

/** What autoscalers point at: its size follows from the load, and from what they may do. */
function scaledIn(scenario: Scenario, state: State): ReadonlySet<string> {
  if (!kindsOf(scenario).some(({ plural }) => plural === autoscalers.plural)) return new Set();
  const targets = state.all(autoscalers).map(({ spec }) => spec.scaleTargetRef);
  return new Set(targets.map(({ kind, name }) => `${kind} ${name}`));
}

/** @param isScaled their size does not count */
function differ(one: KubeObject, other: KubeObject, isScaled: boolean): boolean {
  const [a, b] = [one, other].map((object) => {
    const content = contentOf(object);
    return isScaled ? { ...content, spec: { ...content.spec, replicas: undefined } } : content;
  });
  return !isDeepStrictEqual(a, b);
}

/** Everything but identity and status, and but the volume that a claim was given. */
function contentOf(object: KubeObject): { readonly spec: object; readonly labels?: object } {
  const { metadata, ...rest } = object as KubeObject & { status?: unknown; spec?: { volumeName?: string } };
  delete rest.status;
  return { ...rest, spec: { ...rest.spec, volumeName: undefined }, labels: metadata.labels };
}

/** Probes and limits that a workload's containers had. */
function lostGuards(key: string, before: KubeObject, after: KubeObject): string[] {
  const now = new Map(containersOf(after).map((container) => [container.name, container]));
  return containersOf(before).flatMap((had) => {
    const has = now.get(had.name);
    if (has === undefined) return [`${key} lost its container ${had.name}.`];
    const lost = [
      ...(had.readinessProbe && !has.readinessProbe ? ['readiness probe'] : []),
      ...(had.livenessProbe && !has.livenessProbe ? ['liveness probe'] : []),
      ...Object.keys(had.resources?.limits ?? {})
        .filter((resource) => has.resources?.limits?.[resource] === undefined)
        .map((resource) => `${resource} limit`),
    ];
    return lost.map((what) => `${key} lost the ${what} of ${had.name}.`);
  });
}

function containersOf(object: KubeObject): readonly Container[] {
  const { spec } = object as KubeObject & { spec?: { template?: { spec?: PodSpec } } };
  return spec?.template?.spec?.containers ?? [];
}
