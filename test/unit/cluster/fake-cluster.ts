/** A cluster in memory behind the Cluster face: enough label and field selection to answer what the product asks. */
import type { Cluster, LogRequest, Selection } from '../../../src/cluster/cluster.ts';
import { OncallError } from '../../../src/domain/error.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';

export interface FakeCluster extends Cluster {
  objects: KubeObject[];
  /** Log texts by `pod/container`, with `/previous` for the instance before. */
  readonly logTexts: Record<string, string>;
  /** Kinds (and `logs`) that the user may not read. */
  readonly denied: Set<string>;
  /** `get Pod shop/a`, `list Pod app=web`: what was asked, in order. */
  readonly asked: string[];
}

export function fakeCluster(...objects: KubeObject[]): FakeCluster {
  const denied = new Set<string>();
  const asked: string[] = [];
  const logTexts: Record<string, string> = {};
  const guard = (verb: string, kind: string, what: string): void => {
    asked.push(`${verb} ${kind} ${what}`.trimEnd());
    if (denied.has(kind))
      throw new OncallError('cluster-forbidden', `You may not ${verb} ${kind}`, 'Ask for a role.');
  };
  const cluster: FakeCluster = {
    context: 'test',
    kubeconfig: '/kubeconfig',
    server: 'https://localhost',
    objects,
    logTexts,
    denied,
    asked,
    check: async () => 'v1.36.2',
    get: async ({ kind, namespace, name }) => {
      guard('get', kind, `${namespace ?? ''}/${name}`);
      return structuredClone(
        cluster.objects.find(
          ({ kind: itsKind, metadata }) =>
            itsKind === kind && metadata.namespace === namespace && metadata.name === name,
        ),
      );
    },
    metadata: async ({ kind, namespace, name }) => {
      guard('get metadata of', kind, `${namespace ?? ''}/${name}`);
      return cluster.objects.find(
        (object) =>
          object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
      )?.metadata;
    },
    list: async (kind: string, selection: Selection) => {
      guard('list', kind, selection.labelSelector ?? selection.fieldSelector ?? '');
      return structuredClone(
        cluster.objects.filter(
          (object) =>
            object.kind === kind &&
            (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
            pairs(selection.labelSelector).every(([key, value]) => object.metadata.labels?.[key] === value) &&
            pairs(selection.fieldSelector).every(([path, value]) => at(object, path) === value),
        ),
      ).slice(0, selection.limit);
    },
    logs: async ({ pod, container, previous }: LogRequest) => {
      guard('read', 'logs', `${pod}/${container}`);
      return logTexts[`${pod}/${container}${previous === true ? '/previous' : ''}`] ?? '';
    },
    watch: async () => undefined,
    acquireLock: async () => ({ acquired: true }),
    renewLock: async () => ({ renewed: true }),
    releaseLock: async () => undefined,
  };
  return cluster;
}

function pairs(selector: string | undefined): [string, string][] {
  return (selector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [key = '', value = ''] = part.split('=');
      return [key, value];
    });
}

function at(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
