/** Objects as a `meta.k8s.io/v1` Table, which is what `kubectl get` prints. */
import type { JsonObject, KubeObject } from '../object.ts';
import { columnsOf } from './columns.ts';

/** How much of each object its row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** @param metadata of the list, or of the single object */
export function table(
  kind: string,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  include: IncludeObject,
  now: Date,
): JsonObject {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: column.type,
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      ...carried(object, include),
    })),
  };
}

function carried(object: KubeObject, include: IncludeObject): JsonObject {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  return { object: metadataOnly(object) };
}

/** An object without what it says: for clients that need not know it. */
export function metadataOnly({ metadata }: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
