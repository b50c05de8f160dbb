/** Which pods go because of what a command does to an object, and how many of the ready ones are left at any moment. Pure but for its reads. */
import { isDeepStrictEqual } from 'node:util';
import { isReady } from '../../diagnosis/pods.ts';
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
  /** Pods that are there now and go. */
  readonly pods: readonly KubeObject[];
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

const nothing: Impact = { pods: [], replaced: 0, readyLeft: 0, added: 0, notMade: 0, evicted: false };
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
  const pods = await podsOf(before, surroundings);
  const [was, wished] = [replicasOf(before), replicasOf(after)];
  // Where not all pods could be read, nobody knows which are missing: then the wishes are all there is.
  const there = surroundings.isWhole('Pod') ? pods.length : was;
  const counts = {
    added: wished > was ? Math.max(0, wished - there) : 0,
    // A Job that has ended asks for none, whatever its parallelism says.
    notMade: ref.kind === 'Job' || wished >= was ? 0 : Math.max(0, was - Math.max(there, wished)),
  };
  if (after === undefined) {
    return command.flags.get('cascade') === 'orphan' ? nothing : { ...gone(pods, 0), ...counts };
  }
  return { ...impactOnWorkload(ref, before, after, pods), ...counts };
}

function impactOnWorkload(
  ref: ObjectRef,
  before: KubeObject,
  after: KubeObject,
  pods: readonly KubeObject[],
): Omit<Impact, 'added' | 'notMade'> {
  const [was, wished] = [replicasOf(before), replicasOf(after)];
  // What is missing anyway does not go: only pods that are there do.
  const fewer = was > wished ? Math.max(0, pods.length - wished) : 0;
  const ready = pods.filter(isReady).length;
  const isRolledOut =
    rolledOut.has(ref.kind) && !isDeepStrictEqual(before['spec']?.template, after['spec']?.template);
  const rollout = isRolledOut ? pace(after, pods.length) : undefined;
  if (rollout === undefined || rollout.waits) {
    if (fewer === 0) return nothing;
    // A ReplicaSet ends pods that are not ready first (`pkg/controller/controller_utils.go`, ActivePodsWithRanks).
    const going = [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, fewer);
    const readyGoing = going.filter(isReady).length;
    return { ...gone(going, 0), readyLeft: readyGoing - Math.max(0, ready - wished) };
  }
  const replaced = Math.min(pods.length, wished);
  return {
    pods,
    replaced,
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

function gone(pods: readonly KubeObject[], replaced: number): Impact {
  return { ...nothing, pods, replaced };
}

/** Pods that neither end nor have ended. */
function active(pods: readonly KubeObject[]): KubeObject[] {
  return pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(pod['status']?.phase),
  );
}

async function podsOf(workload: KubeObject, surroundings: Surroundings): Promise<KubeObject[]> {
  const { namespace } = workload.metadata;
  const labelSelector = labelSelectorText(workload['spec']?.selector);
  if (namespace === undefined || labelSelector === undefined) return [];
  return active(await surroundings.list('Pod', { namespace, labelSelector }));
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
