/** The store as the client's read side, for parts of the cluster that elsewhere are clients of it. */
import type { KubeClient, Selection } from '../client.ts';
import type { KubeObject, Resource } from '../objects.ts';
import { selectionOf } from './listing.ts';
import { resourceOf } from './resources.ts';
import type { Resource as Row } from './resources.ts';
import type { Store } from './store.ts';

export function readerOf(store: Store): Pick<KubeClient, 'get' | 'list'> {
  return {
    get<T extends KubeObject>(
      resource: Resource<T>,
      namespace: string | undefined,
      name: string,
    ): Promise<T | undefined> {
      return Promise.resolve(store.get(rowOf(resource), namespace, name) as unknown as T | undefined);
    },
    list<T extends KubeObject>(resource: Resource<T>, selection: Selection = {}): Promise<T[]> {
      const { namespace, labelSelector = '', fieldSelector = '' } = selection;
      const row = rowOf(resource);
      const target = { resource: row, namespace, name: undefined, subresource: undefined };
      const matches = selectionOf(target, new URLSearchParams({ labelSelector, fieldSelector }));
      return Promise.resolve(store.list(row, matches) as unknown as T[]);
    },
  };
}

function rowOf({ apiVersion, plural }: Resource<KubeObject>): Row {
  return resourceOf(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', plural);
}
