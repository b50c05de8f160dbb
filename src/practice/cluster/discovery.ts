/** What the server says it serves: version, groups and resource types, in the old form and the aggregated one. */
import { unknownPath } from './failure.ts';
import type { JsonObject } from './object.ts';
import { apiVersionOf, resources, subresourceKind, verbsOf, type Resource } from './resources.ts';

/** The release whose behaviour this server follows. */
const release = { major: '1', minor: '36' };
export const gitVersion = `v${release.major}.${release.minor}.0+practice`;

export const aggregatedTypes = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
] as const;

/** The answer of `/version`. */
export function version(): JsonObject {
  return { ...release, gitVersion, gitTreeState: 'clean', platform: 'practice/amd64' };
}

/** Every group and version that is served, once; of several versions of a group the preferred one first. */
export function groupVersions(): { group: string; version: string }[] {
  const all = new Map(
    resources.map(({ group, version }) => [apiVersionOf({ group, version }), { group, version }]),
  );
  return [...all.values()];
}

function groupNames(): string[] {
  return [...new Set(resources.map(({ group }) => group))];
}

/** The answer of `/api`. */
export function coreVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** The answer of `/apis`. */
export function groupList(): JsonObject {
  const groups = groupNames()
    .filter((group) => group !== '')
    .map(groupOf);
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** The answer of `/apis/GROUP`. @throws ApiFailure 404 */
export function groupOf(name: string): JsonObject {
  const versions = groupVersions()
    .filter(({ group }) => group === name)
    .map((one) => ({ groupVersion: apiVersionOf(one), version: one.version }));
  if (versions.length === 0) throw unknownPath();
  return { kind: 'APIGroup', apiVersion: 'v1', name, versions, preferredVersion: versions[0] };
}

/** The answer of `/api/v1` and `/apis/GROUP/VERSION`. @throws ApiFailure 404 */
export function resourceList(group: string, version: string): JsonObject {
  const own = resources.filter((one) => one.group === group && one.version === version);
  if (own.length === 0) throw unknownPath();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: own.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.kind.toLowerCase(),
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: verbsOf(resource),
        shortNames: resource.shortNames,
        categories: resource.categories,
      },
      ...resource.subresources.map((subresource) => ({
        name: `${resource.plural}/${subresource}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...subresourceKind(resource, subresource),
        verbs: verbsOf(resource, subresource),
      })),
    ]),
  };
}

/** The aggregated answer of `/api` (the core group) and `/apis` (all others). */
export function aggregated(root: '/api' | '/apis', apiVersion: string): JsonObject {
  const items = groupNames()
    .filter((group) => (group === '') === (root === '/api'))
    .map((name) => ({
      metadata: { name, creationTimestamp: null },
      versions: groupVersions()
        .filter(({ group }) => group === name)
        .map(({ version }) => ({
          version,
          freshness: 'Current',
          resources: resources
            .filter((one) => one.group === name && one.version === version)
            .map(aggregatedResource),
        })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items };
}

function aggregatedResource(resource: Resource): JsonObject {
  const { group, version, kind } = resource;
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.kind.toLowerCase(),
    verbs: verbsOf(resource),
    shortNames: resource.shortNames,
    categories: resource.categories,
    subresources: resource.subresources.map((subresource) => ({
      subresource,
      responseKind: subresourceKind(resource, subresource),
      verbs: verbsOf(resource, subresource),
    })),
  };
}
