/** What an investigation asks of a cluster, and how others ask the same. */
import type { Cluster, LogRequest, Selection } from '../../../src/cluster/cluster.ts';
import { resourceOf } from '../../../src/cluster/resources.ts';
import type { ReadableCluster } from '../../../src/diagnosis/read.ts';
import type { ObjectRef } from '../../../src/domain/kubernetes.ts';

export type Fact =
  | { readonly type: 'get'; readonly ref: ObjectRef }
  | { readonly type: 'list'; readonly kind: string; readonly selection: Selection }
  | { readonly type: 'logs'; readonly request: LogRequest };

/** The cluster, with every question noted. One that is asked twice is noted once: others need not ask it twice either. */
export function noting(cluster: Cluster): { cluster: ReadableCluster; facts: () => Fact[] } {
  const noted = new Map<string, Fact>();
  const note = (fact: Fact): void => void noted.set(JSON.stringify(fact), fact);
  return {
    cluster: {
      ...cluster,
      get(ref, signal) {
        note({ type: 'get', ref: refOf(ref) });
        return cluster.get(ref, signal);
      },
      metadata(ref, signal) {
        // Others have no way to ask for less than the object.
        note({ type: 'get', ref: refOf(ref) });
        return cluster.metadata(ref, signal);
      },
      list(kind, selection, signal) {
        note({ type: 'list', kind, selection });
        return cluster.list(kind, selection, signal);
      },
      logs(request, signal) {
        note({ type: 'logs', request });
        return cluster.logs(request, signal);
      },
    },
    facts: () => [...noted.values()],
  };
}

/** The kubectl command that tells the same. */
export function kubectlFor(fact: Fact): string[] {
  switch (fact.type) {
    case 'get': {
      const { kind, name, namespace } = fact.ref;
      const inNamespace = namespace === undefined ? [] : ['-n', namespace];
      return ['get', resourceName(kind), name, ...inNamespace, '--ignore-not-found', '-o', 'json'];
    }
    case 'list': {
      const { namespace, labelSelector, fieldSelector } = fact.selection;
      return [
        ...['get', resourceName(fact.kind), ...(namespace === undefined ? ['-A'] : ['-n', namespace])],
        ...(labelSelector === undefined ? [] : ['-l', labelSelector]),
        ...(fieldSelector === undefined ? [] : ['--field-selector', fieldSelector]),
        ...['-o', 'json'],
      ];
    }
    case 'logs': {
      const { namespace, pod, container, previous, tailLines } = fact.request;
      return [
        ...['logs', pod, '-n', namespace, '-c', container, `--tail=${tailLines}`],
        ...(previous === true ? ['--previous'] : []),
      ];
    }
  }
}

/** The tool call of kubernetes-mcp-server that tells the same. */
export function toolFor(fact: Fact): { name: string; arguments: Record<string, unknown> } {
  switch (fact.type) {
    case 'get': {
      const { kind, name, namespace } = fact.ref;
      const { apiVersion } = resourceOf(kind);
      return { name: 'resources_get', arguments: { apiVersion, kind, name, namespace } };
    }
    case 'list': {
      const { namespace, labelSelector, fieldSelector } = fact.selection;
      if (fact.kind === 'Event') return { name: 'events_list', arguments: { namespace, fieldSelector } };
      const { apiVersion } = resourceOf(fact.kind);
      const selection = { namespace, labelSelector, fieldSelector };
      return { name: 'resources_list', arguments: { apiVersion, kind: fact.kind, ...selection } };
    }
    case 'logs': {
      const { namespace, pod: name, container, previous, tailLines: tail } = fact.request;
      return { name: 'pods_log', arguments: { namespace, name, container, previous, tail } };
    }
  }
}

/** `deployments.v1.apps`: without a group kubectl may take another API's resource of that name. */
function resourceName(kind: string): string {
  const { apiVersion, plural } = resourceOf(kind);
  const [group, version] = apiVersion.split('/');
  return version === undefined ? plural : `${plural}.${version}.${group}`;
}

/** Only what names the object: a target knows more. */
function refOf({ kind, name, namespace }: ObjectRef): ObjectRef {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
