/** Which pods go because of what a command does to an object, and how many of the ready ones are left at any moment. Pure but for its reads. */
import { isDeepStrictEqual } from 'node:util';
import { controllerUid, isReady } from '../../diagnosis/pods.ts';
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import type { Reach } from '../../domain/preview.ts';
import type { Command } from '../../kubectl/grammar.ts';
import { labelSelectorText } from '../label-selector.ts';
import { pace } from './pace.ts';
import type { Surroundings } from './surroundings.ts';

/** An object that a command touches: `before` is undefined where it creates it, `after` where it deletes it. */
export interface Touched {
  readonly ref: ObjectRef;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export interface Impact {
  /** Pods that are there now and go, as far as they were read. */
  readonly pods: readonly KubeObject[];
  /** How many go, those included that were not read since there are too many. */
  readonly going: number;
  /** How many of them are made anew by what controls them. */
  readonly replaced: number;
  /** Ready ones of them that are left at the worst moment. */
  readonly readyLeft: number;
  /** Pods that are made beside those. */
  readonly added: number;
  /** Pods that were asked for, are not there, and are asked for no more. */
  readonly notMade: number;
  /** Whether they go by eviction, which PodDisruptionBudgets may hold back. */
  readonly evicted: boolean;
  readonly rollout?: Reach['rollouts'][number];
}

const nothing: Impact = {
  ...{ pods: [], going: 0, replaced: 0, readyLeft: 0 },
  ...{ added: 0, notMade: 0, evicted: false },
};
const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
]);
const rolledOut = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** What becomes of pods when `touched` changes as it says. */
export async function impactOf(
  touched: Touched,
  command: Command,
  surroundings: Surroundings,
): Promise<Impact> {
  const { ref, before, after } = touched;
  if (ref.kind === 'Node') return impactOnNode(ref, command, surroundings);
  if (before === undefined) return { ...nothing, added: podsOfNew(after) };
  if (ref.kind === 'Pod') return impactOnPod(before, after);
  if (ref.kind === 'Namespace' && after === undefined) {
    return gone(active(await surroundings.list('Pod', { namespace: ref.name })), 0);
  }
  if (!workloads.has(ref.kind)) return nothing;
  const there = await podsThere(before, surroundings);
  const [was, wished] = [replicasOf(before), replicasOf(after)];
  const counts = {
    added: wished > was ? Math.max(0, wished - there.count) : 0,
    // A Job that has ended asks for none, whatever its parallelism says.
    notMade: ref.kind === 'Job' || wished >= was ? 0 : Math.max(0, was - Math.max(there.count, wished)),
  };
  if (after !== undefined) return { ...impactOnWorkload(ref, before, after, there), ...counts };
  const orphans = command.flags.get('cascade') === 'orphan';
  // A Deployment makes its ReplicaSet anew, and a ReplicaSet that it leaves behind goes on without it.
  if (ref.kind === 'ReplicaSet' && isControlled(before))
    return orphans ? nothing : gone(there.pods, there.count, there.count);
  if (orphans) return ref.kind === 'Deployment' ? nothing : { ...nothing, notMade: counts.notMade };
  return { ...gone(there.pods, 0, there.count), ...counts };
}

function impactOnWorkload(
  ref: ObjectRef,
  before: KubeObject,
  after: KubeObject,
  { pods, count, ready }: PodsThere,
): Omit<Impact, 'added' | 'notMade'> {
  const [was, wished] = [replicasOf(before), replicasOf(after)];
  // What is missing anyway does not go: only pods that are there do.
  const fewer = was > wished ? Math.max(0, count - wished) : 0;
  const isRolledOut =
    rolledOut.has(ref.kind) && !isDeepStrictEqual(before['spec']?.template, after['spec']?.template);
  const rollout = isRolledOut ? pace(after, count) : undefined;
  if (rollout === undefined || rollout.waits) {
    if (fewer === 0) return nothing;
    // A ReplicaSet ends pods that are not ready first (`pkg/controller/controller_utils.go`, ActivePodsWithRanks).
    const going = [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, fewer);
    const readyGoing = going.filter(isReady).length;
    return { ...gone(going, 0, fewer), readyLeft: Math.max(0, readyGoing - Math.max(0, ready - wished)) };
  }
  return {
    pods,
    going: count,
    replaced: Math.min(count, wished),
    readyLeft: Math.min(ready, Math.max(0, wished - rollout.maxUnavailable)),
    evicted: false,
    rollout: {
      ref,
      strategy: rollout.strategy,
      maxUnavailable: rollout.maxUnavailable,
      maxSurge: rollout.maxSurge,
    },
  };
}

function impactOnPod(before: KubeObject, after: KubeObject | undefined): Impact {
  const pods = active([before]);
  if (after === undefined) return gone(pods, pods.filter(isControlled).length);
  // The kubelet restarts a container whose image changes; nothing else of a running container can be changed in place.
  const images = (pod: KubeObject): unknown =>
    ((pod['spec']?.containers ?? []) as { image?: string }[]).map(({ image }) => image);
  return isDeepStrictEqual(images(before), images(after)) ? nothing : gone(pods, pods.length);
}

async function impactOnNode(
  { name }: ObjectRef,
  { verb, words, flags }: Command,
  surroundings: Surroundings,
): Promise<Impact> {
  const leaves =
    verb.name === 'delete' || verb.name === 'drain' || words.some((word) => /:NoExecute$/.test(word));
  if (!leaves) return nothing;
  const labelSelector = flags.get('pod-selector');
  const found = await surroundings.list('Pod', {
    fieldSelector: `spec.nodeName=${name}`,
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
  const pods = active(found).filter((pod) => !staysOnNode(pod));
  return { ...gone(pods, pods.filter(isControlled).length), evicted: verb.name === 'drain' };
}

/** A DaemonSet's pods and those that the kubelet itself runs stay where they are. */
function staysOnNode({ metadata }: KubeObject): boolean {
  return (
    metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined ||
    metadata.ownerReferences?.some(({ kind, controller }) => kind === 'DaemonSet' && controller === true) ===
      true
  );
}

function isControlled({ metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller === true) === true;
}

function gone(pods: readonly KubeObject[], replaced: number, going = pods.length): Impact {
  return { ...nothing, pods, going, replaced };
}

/** Pods that neither end nor have ended. */
function active(pods: readonly KubeObject[]): KubeObject[] {
  return pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(pod['status']?.phase),
  );
}

/** The pods of a workload, as the API server has them. */
interface PodsThere {
  /** Those that were read. */
  readonly pods: readonly KubeObject[];
  /** How many there are; where not all were read, as many as its controller has counted. */
  readonly count: number;
  /** How many of them are ready. */
  readonly ready: number;
}

async function podsThere(workload: KubeObject, surroundings: Surroundings): Promise<PodsThere> {
  const pods = await podsOf(workload, surroundings);
  const ready = pods.filter(isReady).length;
  if (surroundings.isWhole('Pod')) return { pods, count: pods.length, ready };
  const {
    replicas,
    readyReplicas,
    currentNumberScheduled,
    numberReady,
    active: running,
  } = workload['status'] ?? {};
  const counted = Number(replicas ?? currentNumberScheduled ?? running ?? replicasOf(workload));
  return {
    pods,
    count: Math.max(pods.length, counted),
    ready: Math.max(ready, Number(readyReplicas ?? numberReady ?? 0)),
  };
}

/** Those that the selector fits and no other controller has: the labels alone may be those of several workloads. */
async function podsOf(workload: KubeObject, surroundings: Surroundings): Promise<KubeObject[]> {
  const { namespace } = workload.metadata;
  const labelSelector = labelSelectorText(workload['spec']?.selector);
  if (namespace === undefined || labelSelector === undefined) return [];
  const pods = active(await surroundings.list('Pod', { namespace, labelSelector }));
  const { kind } = workload;
  const { uid } = workload.metadata;
  if (uid === undefined || !pods.some(isControlled)) return pods;
  if (kind !== 'Deployment') return pods.filter((pod) => !isControlled(pod) || controllerUid(pod) === uid);
  const sets = await surroundings.list('ReplicaSet', { namespace, labelSelector });
  // A ReplicaSet that was not read is taken for its own: rather too many pods are named than too few.
  const others = new Set(sets.filter((set) => controllerUid(set) !== uid).map((set) => set.metadata.uid));
  return pods.filter(({ metadata: { ownerReferences } }) => {
    const controller = ownerReferences?.find((one) => one.controller === true);
    return controller === undefined || (controller.kind === 'ReplicaSet' && !others.has(controller.uid));
  });
}

function podsOfNew(object: KubeObject | undefined): number {
  switch (object?.kind) {
    case 'Pod':
      return 1;
    case 'Job':
      return Number(object['spec']?.parallelism ?? 1);
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
      return replicasOf(object);
    default:
      return 0;
  }
}

/** How many pods a workload wishes for; for a DaemonSet, which says nothing, how many nodes want one. One that is gone wishes for none. */
export function replicasOf(workload: KubeObject | undefined): number {
  if (workload === undefined) return 0;
  if (workload.kind === 'DaemonSet') return Number(workload['status']?.desiredNumberScheduled ?? 0);
  if (workload.kind === 'Job') return Number(workload['spec']?.parallelism ?? 1);
  return Number(workload['spec']?.replicas ?? 1);
}
