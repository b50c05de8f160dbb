/**
 * The smallest OpenAPI that kubectl needs: it asks whether a PATCH of a type takes `fieldValidation` and then leaves
 * validation to the server. No schemas: kubectl has those of the built-in types itself.
 */
import { unknownPath } from './failure.ts';
import { groupVersions } from './discovery.ts';
import type { JsonObject } from './object.ts';
import { apiVersionOf, questions, resources } from './resources.ts';

/** The answer of `/openapi/v3`: where each group version's document is. */
export function openApiRoot(): JsonObject {
  const paths = groupVersions().map((one) => [
    pathOf(one),
    { serverRelativeURL: `/openapi/v3/${pathOf(one)}` },
  ]);
  return { paths: Object.fromEntries(paths) };
}

/** The answer of `/openapi/v3/PATH`. @throws ApiFailure 404 */
export function openApiDocument(path: string): JsonObject {
  const own = resources.filter((one) => pathOf(one) === path && !questions.has(one.plural));
  if (own.length === 0) throw unknownPath();
  const paths = own.map((resource) => {
    const scope = resource.namespaced ? 'namespaces/{namespace}/' : '';
    const { group, version, kind } = resource;
    const patch = {
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group, version, kind },
      parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
        name,
        in: 'query',
        schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
      })),
      responses: { 200: { description: 'OK' } },
    };
    return [`/${path}/${scope}${resource.plural}/{name}`, { patch }];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'practice' },
    paths: Object.fromEntries(paths),
  };
}

function pathOf(resource: { group: string; version: string }): string {
  return `${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;
}
