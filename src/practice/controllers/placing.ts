/**
 * Which node a pod may go to, and why not to the others. The checks, their order and their words are those of kube-scheduler 1.36;
 * older ones differ in words only: up to 1.34 a taint is written out (`untolerated taint {key: value}`), up to 1.33 there is nothing
 * before `preemption:` and nothing after an unbound claim, up to 1.23 no word about preemption. In 1.20 a selector reads
 * `didn't match Pod's node affinity`, and pods that repel each other are counted twice: once as `didn't match pod affinity/anti-affinity`.
 */
import { conditionOf } from '../conditions.ts';
import type { PersistentVolumeClaim } from '../api-groups.ts';
import type { Node, Pod, PodSpec } from '../objects.ts';
import { quantity } from '../quantity.ts';
import { matches } from './labels.ts';

/** Why a pod cannot go to a node. */
export interface Obstacle {
  /** In the scheduler's words, one for each thing that stands in its way. */
  readonly reasons: readonly string[];
  /** Whether it would stay if every other pod left the node. */
  readonly lasting: boolean;
}

/** Sums of decimal fractions are a little off: 0.1 and 0.2 cores fit into 0.3. */
const rounding = 1e-9;

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];
type Toleration = NonNullable<PodSpec['tolerations']>[number];

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      ((key ?? '') === '' || key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')) &&
      ((effect ?? '') === '' || effect === taint.effect),
  );
}

/**
 * The first thing that keeps a pod from a node; undefined where nothing does.
 * @param there every pod of the cluster that has a node and is not over
 */
export function obstacle(
  pod: Pod,
  node: Node,
  there: readonly Pod[],
  allNodes: readonly Node[],
): Obstacle | undefined {
  const { tolerations, nodeSelector } = pod.spec;
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec?.unschedulable === true && !tolerates(tolerations, cordon)) {
    return { reasons: ['node(s) were unschedulable'], lasting: true };
  }
  // A node that has not said that it is ready gets its taint in a moment.
  const silent = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const isReady = conditionOf(node.status?.conditions, 'Ready')?.status === 'True';
  const taints = [...(node.spec?.taints ?? []), ...(isReady ? [] : [silent])];
  if (taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint))) {
    return { reasons: ['node(s) had untolerated taint(s)'], lasting: true };
  }
  if (!matches({ matchLabels: nodeSelector }, node.metadata.labels)) {
    return { reasons: ["node(s) didn't match Pod's node affinity/selector"], lasting: true };
  }
  return shortage(pod, node, there) ?? repulsion(pod, node, there, allNodes);
}

function shortage(pod: Pod, node: Node, there: readonly Pod[]): Obstacle | undefined {
  const onNode = there.filter(({ spec }) => spec.nodeName === node.metadata.name);
  const room = (resource: string): number => quantity(node.status?.allocatable?.[resource]) ?? 0;
  const short = ['cpu', 'memory', 'ephemeral-storage'].filter((resource) => {
    const taken = onNode.reduce((sum, other) => sum + requested(other, resource), 0);
    const wanted = requested(pod, resource);
    return wanted > 0 && wanted + taken > room(resource) + rounding;
  });
  const full = node.status?.allocatable?.['pods'] !== undefined && onNode.length >= room('pods');
  const reasons = [
    ...(full ? ['Too many pods'] : []),
    ...short.map((resource) => `Insufficient ${resource}`),
  ];
  if (reasons.length === 0) return undefined;
  return { reasons, lasting: short.some((resource) => requested(pod, resource) > room(resource)) };
}

/** What a pod asks for: its containers together, or the greediest of those that run before them. */
function requested({ spec }: Pod, resource: string): number {
  const amount = ({ resources }: PodSpec['containers'][number]): number =>
    quantity(resources?.requests?.[resource] ?? resources?.limits?.[resource]) ?? 0;
  const together = spec.containers.reduce((sum, container) => sum + amount(container), 0);
  return Math.max(together, ...(spec.initContainers ?? []).map(amount));
}

/** Required anti-affinity, of the pod towards others and of others towards it. */
function repulsion(
  pod: Pod,
  node: Node,
  there: readonly Pod[],
  allNodes: readonly Node[],
): Obstacle | undefined {
  const nodeOf = new Map(allNodes.map((each) => [each.metadata.name, each]));
  const together = (other: Pod, key: string): boolean => {
    const value = node.metadata.labels?.[key];
    return value !== undefined && nodeOf.get(other.spec.nodeName)?.metadata.labels?.[key] === value;
  };
  const repels = (from: Pod, to: Pod, other: Pod): boolean =>
    from.metadata.namespace === to.metadata.namespace &&
    (from.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
      ({ labelSelector, topologyKey }) =>
        matches(labelSelector, to.metadata.labels) && together(other, topologyKey),
    );
  if (there.some((other) => repels(pod, other, other))) {
    return { reasons: ["node(s) didn't match pod anti-affinity rules"], lasting: false };
  }
  if (there.some((other) => repels(other, pod, other))) {
    return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], lasting: false };
  }
  return undefined;
}

/** What keeps a pod from every node: a claim that is not there, or that has no volume. */
function unbound(pod: Pod, claims: readonly PersistentVolumeClaim[]): string | undefined {
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName } = persistentVolumeClaim;
    const claim = claims.find(
      ({ metadata }) => metadata.name === claimName && metadata.namespace === pod.metadata.namespace,
    );
    if (claim === undefined) return `persistentvolumeclaim "${claimName}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined)
      return `persistentvolumeclaim "${claimName}" is being deleted`;
    if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

/**
 * A node for the pod, the emptiest of those that it may go to, or why there is none.
 * @param claims at least those that the pod mounts
 */
export function choose(
  pod: Pod,
  allNodes: readonly Node[],
  allPods: readonly Pod[],
  claims: readonly PersistentVolumeClaim[] = [],
): { node: Node } | { reason: string } {
  if (allNodes.length === 0) return { reason: 'no nodes available to schedule pods' };
  const none = `0/${String(allNodes.length)} nodes are available`;
  const waits = unbound(pod, claims);
  // The scheduler ends before it looks at any node; what follows is its word on that.
  if (waits !== undefined) return { reason: `${none}: ${waits}. not found` };
  const there = allPods.filter(
    ({ spec, status }) => spec.nodeName && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  const obstacles: Obstacle[] = [];
  const fitting: { node: Node; load: number }[] = [];
  for (const node of allNodes) {
    const found = obstacle(pod, node, there, allNodes);
    if (found) obstacles.push(found);
    else fitting.push({ node, load: there.filter((o) => o.spec.nodeName === node.metadata.name).length });
  }
  const best = fitting.toSorted((a, b) => a.load - b.load)[0];
  if (best) return { node: best.node };
  const why = counted(obstacles.flatMap(({ reasons }) => reasons));
  const preempted = counted(
    obstacles.map(({ lasting }) =>
      lasting ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
    ),
  );
  return { reason: `${none}: ${why}. no new claims to deallocate, preemption: ${none}: ${preempted}.` };
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`. */
function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${String(count)} ${reason}`)
    .sort()
    .join(', ');
}
