/** Reads the objects that decide whether a finding holds: as many as the target needs, bounded whatever the size of the cluster. */
import type { Cluster } from '../cluster/cluster.ts';
import { describeRef, type KubeObject, type ObjectRef, type Target } from '../domain/kubernetes.ts';
import { labelsToQuery, matches, selectorToQuery, type Labels, type LabelSelector } from './labels.ts';
import { controllerUid } from './pods.ts';
import type { ClusterState, CoreState, ServiceView } from './snapshot.ts';
import { leadsTo } from './sources/workload-behind.ts';
import { allSurroundings, readSurroundings, type SurroundingName } from './surroundings.ts';

/** Objects of one list at most. */
export const listLimit = 100;
/** How far the pods that a Service selects are counted. */
const handful = 5;

/** The part of a cluster that an investigation uses. */
export type ReadableCluster = Pick<Cluster, 'get' | 'list' | 'logs' | 'metadata' | 'accountMay'>;

/** Does one read. Collecting notes a failure as a gap and goes on with `otherwise`; checking lets it through. */
export type Reader = <T>(what: string, otherwise: T, read: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * Reads the state that findings are judged by.
 * @param wanted the parts of the surroundings that are needed; all of them where nobody knows yet
 */
export async function readState(
  cluster: ReadableCluster,
  target: Target,
  reader: Reader,
  now: Date,
  wanted: ReadonlySet<SurroundingName> = allSurroundings,
): Promise<ClusterState> {
  const core = await readCore(cluster, target, reader, now);
  const place = { cluster, namespace: target.namespace, reader };
  return { ...core, surroundings: await readSurroundings(place, core, wanted) };
}

/** The state without what stands around it. */

/** The first part of {@link readState}: with it, all else can be asked for at once. */
export async function readCore(
  cluster: ReadableCluster,
  target: Target,
  reader: Reader,
  now: Date,
): Promise<CoreState> {
  const object = await reader(describeRef(target), undefined, (signal) => cluster.get(target, signal));
  const place = { cluster, namespace: target.namespace, reader };
  const base = { target, takenAt: now.toISOString(), object };
  return { ...base, ...(await behind(cluster, object && (await leadsTo(place, object)), reader)) };
}

/** The workload with its pods and the Services in front of it, from either end. */
async function behind(
  cluster: ReadableCluster,
  object: KubeObject | undefined,
  reader: Reader,
): Promise<Pick<ClusterState, 'workload' | 'replicaSets' | 'pods' | 'services' | 'neighbours'>> {
  if (object === undefined) {
    return { workload: undefined, replicaSets: [], pods: [], services: [], neighbours: [] };
  }
  if (object.kind === 'Service') return behindService(cluster, object, reader);
  const [{ replicaSets, pods }, aroundIt] = await Promise.all([
    podsOf(cluster, object, reader),
    servicesOf(cluster, object, reader),
  ]);
  return { workload: object, replicaSets, pods, ...aroundIt };
}

async function list(
  cluster: ReadableCluster,
  kind: string,
  namespace: string,
  reader: Reader,
  narrow: { labelSelector?: string; limit?: number } = {},
): Promise<KubeObject[]> {
  const what = `${kind}s in namespace ${namespace}`;
  return reader(what, [], (signal) => cluster.list(kind, { namespace, limit: listLimit, ...narrow }, signal));
}

/** A workload's pods, and a Deployment's ReplicaSets with the newest revision first. */
async function podsOf(
  cluster: ReadableCluster,
  workload: KubeObject,
  reader: Reader,
): Promise<Pick<ClusterState, 'replicaSets' | 'pods'>> {
  if (workload.kind === 'Pod') return { replicaSets: [], pods: [workload] };
  const selector: LabelSelector | undefined = workload['spec']?.selector;
  if (selector === undefined) return { replicaSets: [], pods: [] };
  const namespace = workload.metadata.namespace ?? '';
  const narrow = { labelSelector: selectorToQuery(selector) };
  const [sets, pods] = await Promise.all([
    workload.kind === 'Deployment' ? list(cluster, 'ReplicaSet', namespace, reader, narrow) : [],
    list(cluster, 'Pod', namespace, reader, narrow),
  ]);
  const replicaSets = sets
    .filter((set) => controllerUid(set) === workload.metadata.uid)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  const owners = new Set([workload.metadata.uid, ...replicaSets.map((set) => set.metadata.uid)]);
  // Without its ReplicaSets (not readable) a Deployment's pods are told by labels alone.
  const own =
    replicaSets.length === 0 && workload.kind === 'Deployment'
      ? pods
      : pods.filter((pod) => owners.has(controllerUid(pod)));
  return { replicaSets, pods: own };
}

/** The revision that the Deployment controller notes on each ReplicaSet. */
export function revisionOf(replicaSet: KubeObject): number {
  return Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

/** Services that select the workload's pods, or carry its name and may be meant to. */
async function servicesOf(
  cluster: ReadableCluster,
  workload: KubeObject,
  reader: Reader,
): Promise<Pick<ClusterState, 'services' | 'neighbours'>> {
  const { namespace = '', name } = workload.metadata;
  const labels = podLabels(workload);
  const services = (await list(cluster, 'Service', namespace, reader)).filter(
    (service) =>
      matches(selectorOf(service), labels) || (service.metadata.name === name && hasSelector(service)),
  );
  const views = await Promise.all(services.slice(0, 5).map((service) => viewOf(cluster, service, reader)));
  const astray = views.some(
    ({ selected, service }) => selected === 0 && !matches(selectorOf(service), labels),
  );
  return {
    services: views,
    neighbours: astray ? await list(cluster, 'Deployment', namespace, reader) : [],
  };
}

/** What stands behind a Service: its endpoints, and the workload of the pods it selects or would select. */
async function behindService(
  cluster: ReadableCluster,
  service: KubeObject,
  reader: Reader,
): Promise<Pick<ClusterState, 'workload' | 'replicaSets' | 'pods' | 'services' | 'neighbours'>> {
  const namespace = service.metadata.namespace ?? '';
  const selector = selectorOf(service);
  const [view, neighbours] = await Promise.all([
    viewOf(cluster, service, reader),
    list(cluster, 'Deployment', namespace, reader),
  ]);
  const services = [view];
  const behind = neighbours.filter((deployment) => matches(selector, podLabels(deployment)));
  const workloads = behind.length > 0 ? behind : await ownersOf(cluster, service, reader);
  const [workload, another] = workloads;
  // Several workloads behind one Service are no reason to accuse one of them.
  if (workload === undefined || another !== undefined) {
    return { workload: undefined, replicaSets: [], pods: [], services, neighbours };
  }
  return { workload, ...(await podsOf(cluster, workload, reader)), services, neighbours };
}

/** The StatefulSets, DaemonSets or bare ReplicaSets whose pods a Service selects; pods without an owner stand for themselves. */
async function ownersOf(
  cluster: ReadableCluster,
  service: KubeObject,
  reader: Reader,
): Promise<KubeObject[]> {
  if (!hasSelector(service)) return [];
  const namespace = service.metadata.namespace ?? '';
  const pods = await list(cluster, 'Pod', namespace, reader, {
    labelSelector: labelsToQuery(selectorOf(service)),
  });
  const owners = new Map<string, ObjectRef>();
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
    const ref = owner ?? { kind: 'Pod', name: pod.metadata.name };
    owners.set(`${ref.kind}/${ref.name}`, { kind: ref.kind, namespace, name: ref.name });
  }
  const [only, another] = owners.values();
  if (
    only === undefined ||
    another !== undefined ||
    !['StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'].includes(only.kind)
  ) {
    return [];
  }
  const owner = await reader(describeRef(only), undefined, (signal) => cluster.get(only, signal));
  return owner === undefined ? [] : [owner];
}

async function viewOf(cluster: ReadableCluster, service: KubeObject, reader: Reader): Promise<ServiceView> {
  const { namespace = '', name } = service.metadata;
  const ref: ObjectRef = { kind: 'Endpoints', namespace, name };
  const [endpoints, selected] = await Promise.all([
    reader(describeRef(ref), undefined, async (signal) => addressesOf(await cluster.get(ref, signal))),
    hasSelector(service)
      ? reader(`Pods that Service ${namespace}/${name} selects`, undefined, async (signal) => {
          // The limit of all lists: for the workload's own Service it is then the question that was asked already.
          const labelSelector = labelsToQuery(selectorOf(service));
          const pods = await cluster.list('Pod', { namespace, labelSelector, limit: listLimit }, signal);
          return Math.min(pods.length, handful);
        })
      : undefined,
  ]);
  return { service, endpoints, selected };
}

function addressesOf(endpoints: KubeObject | undefined): { ready: number; notReady: number } {
  const subsets = (endpoints?.['subsets'] ?? []) as {
    addresses?: unknown[];
    notReadyAddresses?: unknown[];
  }[];
  return {
    ready: subsets.reduce((sum, { addresses }) => sum + (addresses?.length ?? 0), 0),
    notReady: subsets.reduce((sum, { notReadyAddresses }) => sum + (notReadyAddresses?.length ?? 0), 0),
  };
}

/** The labels of the pods that a workload makes. */
export function podLabels(workload: KubeObject): Labels | undefined {
  return workload.kind === 'Pod' ? workload.metadata.labels : workload['spec']?.template?.metadata?.labels;
}

export function selectorOf(service: KubeObject): Labels {
  return (service['spec']?.selector ?? {}) as Labels;
}

/** Services without a selector (or ExternalName) get their endpoints from somebody else. */
export function hasSelector(service: KubeObject): boolean {
  return service['spec']?.type !== 'ExternalName' && Object.keys(selectorOf(service)).length > 0;
}
