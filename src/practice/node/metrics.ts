/**
 * The resource metrics API, `metrics.k8s.io/v1beta1`, answered from what pods say of themselves: nothing is measured.
 * - `LOAD_MILLICORES` is the load on a whole workload; the pods of it that are Ready carry equal shares;
 * - memory is what the application takes, and `CACHE_MB` where it fills a cache.
 */
import { baseMegabytes } from '../app.ts';
import type { KubeClient, Selection } from '../client.ts';
import { timestamp } from '../clock.ts';
import { isActive, isReady } from '../conditions.ts';
import { nodes, pods } from '../objects.ts';
import type { Container, KubeObject, Pod } from '../objects.ts';
import { environmentOf, MissingConfiguration } from './environment.ts';

export const metricsGroup = 'metrics.k8s.io';
export const metricsVersion = 'v1beta1';
const apiVersion = `${metricsGroup}/${metricsVersion}`;

/** Over how many seconds usage counts as measured. A pod's metrics mean something once it is Ready for that long. */
export const metricsWindow = 10;

/** Where pods, nodes and the configuration of pods are read. */
export type Reader = Pick<KubeClient, 'get' | 'list'>;

interface Usage {
  /** Quantities in billionths of a core and in KiB, as the metrics server writes them. */
  readonly cpu: string;
  readonly memory: string;
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** An answer to a GET: its code and JSON body. */
export interface MetricsAnswer {
  readonly code: number;
  readonly body: object;
}

/** What runs on a node besides its pods, and what a process takes that has nothing to do. */
const nodeOverhead: Amount = { cores: 0.1, bytes: 512 * 2 ** 20 };
const idleCores = 0.001;

interface Amount {
  readonly cores: number;
  readonly bytes: number;
}

type Environments = ReadonlyMap<Container, Readonly<Record<string, string>>>;

/**
 * Answers `nodes[/NAME]`, `pods`, and `namespaces/NS/pods[/NAME]` below `/apis/metrics.k8s.io/v1beta1`.
 * @param query `labelSelector` and `fieldSelector` count
 * @param now milliseconds since 1970
 */
export async function answerMetrics(
  reader: Reader,
  path: string,
  query: URLSearchParams,
  now: number,
): Promise<MetricsAnswer> {
  const steps = path.split('/').slice(4).map(decodeURIComponent);
  const namespace = steps[0] === 'namespaces' ? steps[1] : undefined;
  const [plural, name, ...more] = namespace === undefined ? steps : steps.slice(2);
  if (more.length > 0 || (name !== undefined && plural === 'pods' && namespace === undefined)) {
    return missing('the server could not find the requested resource');
  }
  const selection: Selection = {
    namespace,
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: name === undefined ? (query.get('fieldSelector') ?? undefined) : `metadata.name=${name}`,
  };
  if (plural === 'pods') {
    const items = await podMetrics(reader, selection, now);
    if (name === undefined) return list('PodMetricsList', items);
    return one(items, `podmetrics.${metricsGroup} "${namespace ?? ''}/${name}" not found`);
  }
  if (plural === 'nodes' && namespace === undefined) {
    const items = await nodeMetrics(reader, selection, now);
    if (name === undefined) return list('NodeMetricsList', items);
    return one(items, `nodemetrics.${metricsGroup} "${name}" not found`);
  }
  return missing('the server could not find the requested resource');
}

/** The metrics of the pods that run. */
async function podMetrics(reader: Reader, selection: Selection, now: number): Promise<PodMetrics[]> {
  const { namespace } = selection;
  const [all, chosen] = await Promise.all([reader.list(pods, { namespace }), reader.list(pods, selection)]);
  const names = new Set(chosen.map(({ metadata }) => metadata.uid));
  const environments = await environmentsOf(reader, all);
  const time = timestamp(now);
  return all.filter(isRunning).flatMap((pod) => {
    const { name, namespace: home, labels, uid } = pod.metadata;
    if (!names.has(uid)) return [];
    return {
      kind: 'PodMetrics',
      apiVersion,
      metadata: { name, namespace: home, creationTimestamp: time, labels },
      timestamp: time,
      window: `${String(metricsWindow)}s`,
      containers: pod.spec.containers.map((container) => ({
        name: container.name,
        usage: written(usageOf(pod, container, all, environments)),
      })),
    };
  });
}

async function nodeMetrics(reader: Reader, selection: Selection, now: number): Promise<KubeObject[]> {
  const [machines, all] = await Promise.all([reader.list(nodes, selection), reader.list(pods)]);
  const environments = await environmentsOf(reader, all);
  const time = timestamp(now);
  return machines.map(({ metadata: { name, labels } }) => {
    const amounts = all
      .filter((pod) => isRunning(pod) && pod.spec.nodeName === name)
      .flatMap((pod) => pod.spec.containers.map((container) => usageOf(pod, container, all, environments)));
    const usage = [nodeOverhead, ...amounts].reduce((sum, { cores, bytes }) => ({
      cores: sum.cores + cores,
      bytes: sum.bytes + bytes,
    }));
    return {
      kind: 'NodeMetrics',
      apiVersion,
      metadata: { name, creationTimestamp: time, labels },
      timestamp: time,
      window: `${String(metricsWindow)}s`,
      usage: written(usage),
    };
  });
}

/** What containers are told; one whose configuration is not there does not run and is left out. */
async function environmentsOf(reader: Reader, all: readonly Pod[]): Promise<Environments> {
  const found = await Promise.all(
    all.filter(isRunning).flatMap((pod) =>
      pod.spec.containers.map(async (container) => {
        try {
          return [[container, await environmentOf(reader, pod, container)] as const];
        } catch (error) {
          if (error instanceof MissingConfiguration) return [];
          throw error;
        }
      }),
    ),
  );
  return new Map(found.flat());
}

/**
 * What one container uses.
 * @param all pods of its namespace at least: those of its workload share the load
 */
function usageOf(pod: Pod, container: Container, all: readonly Pod[], environments: Environments): Amount {
  const environment = environments.get(container) ?? {};
  const load = (whole(environment['LOAD_MILLICORES']) ?? 0) / 1000;
  const bearers = all.filter((other) => bearsLoad(other) && workloadOf(other) === workloadOf(pod)).length;
  return {
    cores: bearsLoad(pod) ? Math.max(load / bearers, idleCores) : idleCores,
    bytes: (baseMegabytes + (whole(environment['CACHE_MB']) ?? 0)) * 2 ** 20,
  };
}

/** Pods of one workload carry the same labels, whichever revision of its template they are from. */
function workloadOf({ metadata: { namespace = '', labels = {} } }: Pod): string {
  const own = Object.entries(labels).filter(([key]) => key !== 'pod-template-hash');
  return JSON.stringify([namespace, own.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function isRunning(pod: Pod): boolean {
  return pod.status?.phase === 'Running';
}

/** Whether the Service in front of it sends it requests. */
function bearsLoad(pod: Pod): boolean {
  return isRunning(pod) && isActive(pod) && isReady(pod);
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function written({ cores, bytes }: Amount): Usage {
  return { cpu: `${String(Math.round(cores * 1e9))}n`, memory: `${String(Math.round(bytes / 1024))}Ki` };
}

function list(kind: string, items: readonly object[]): MetricsAnswer {
  return { code: 200, body: { kind, apiVersion, metadata: {}, items } };
}

function one([item]: readonly object[], message: string): MetricsAnswer {
  return item === undefined ? missing(message) : { code: 200, body: item };
}

function missing(message: string): MetricsAnswer {
  const reason = 'NotFound';
  return {
    code: 404,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: 404 },
  };
}
