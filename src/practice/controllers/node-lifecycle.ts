/**
 * Watches over the nodes' heartbeats, as the node lifecycle controller does: a node that falls silent is marked, its pods count as not
 * ready, and those that do not put up with it are moved away after a time. It comes back by saying that it is ready.
 */
import { keyOf, KubeError } from '../client.ts';
import { conditionOf } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import { eventRecorder } from '../events.ts';
import { leases, nodes, pods } from '../objects.ts';
import type { Condition, Node, Pod } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { tolerates } from './placing.ts';
import { startQueue } from './queue.ts';

/** Milliseconds between two looks at the heartbeats. */
const period = 10_000;
/**
 * A node counts as silent after so many looks in a row that found no new heartbeat: 40 seconds. Looks are counted, not time: where
 * everything stands still for a moment, nodes and controller in one process alike, nobody has fallen silent.
 */
const looksOfGrace = 4;

const leaseNamespace = 'kube-node-lease';
const unreachable = 'node.kubernetes.io/unreachable';
const notReady = 'node.kubernetes.io/not-ready';

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

/** The node's conditions once its kubelet is silent. */
export function silenced(conditions: readonly Condition[], now: string): Condition[] {
  return conditions.map((condition) =>
    condition.status === 'Unknown'
      ? condition
      : {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        },
  );
}

/** The node's taints as its readiness wants them, with everybody else's; the same array where nothing changes. */
export function taintsFor(node: Node, now: string): readonly Taint[] {
  const before = node.spec?.taints ?? [];
  const status = conditionOf(node.status?.conditions, 'Ready')?.status;
  const key = status === 'True' ? undefined : status === 'Unknown' ? unreachable : notReady;
  const wanted = [
    ...(key === undefined ? [] : ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect }))),
    ...(node.spec?.unschedulable === true
      ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]
      : []),
  ];
  const own = new Set([notReady, unreachable, 'node.kubernetes.io/unschedulable']);
  const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
  const had = before.filter((taint) => own.has(taint.key));
  if (had.length === wanted.length && wanted.every((one) => had.some((other) => isSame(one, other))))
    return before;
  return [
    ...before.filter((taint) => !own.has(taint.key)),
    ...wanted.map((one) => had.find((other) => isSame(one, other)) ?? { ...one, timeAdded: now }),
  ];
}

/**
 * When a pod has to leave a node, in milliseconds since 1970; undefined where it may stay.
 * @param speed how many times faster than real time the pod's patience goes by
 */
export function evictionTime(pod: Pod, node: Node, speed: number): number | undefined {
  const times = (node.spec?.taints ?? [])
    .filter(({ effect }) => effect === 'NoExecute')
    .map((taint) => {
      const heeding = (pod.spec.tolerations ?? []).filter((toleration) => tolerates([toleration], taint));
      if (heeding.length === 0) return 0;
      const seconds = heeding.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
      if (seconds.length === 0) return Infinity;
      return Date.parse(taint.timeAdded ?? '') + (Math.min(...seconds) * 1000) / speed;
    });
  const first = Math.min(Infinity, ...times);
  return first === Infinity ? undefined : first;
}

export function startNodeLifecycleController({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'node-controller');
  const taintRecorder = eventRecorder(client, clock, 'taint-eviction-controller');
  const heard = new Map<string, { renewTime: string | undefined; looks: number }>();
  const queue = startQueue(clock, signal, sync, report);

  async function look(): Promise<void> {
    const silent = new Map<string, string | undefined>();
    for (const [name, renewTime] of await heartbeats()) {
      const before = heard.get(name);
      const looks = before && before.renewTime === renewTime ? before.looks + 1 : 0;
      heard.set(name, { renewTime, looks });
      if (looks >= looksOfGrace) silent.set(name, renewTime);
    }
    if (silent.size === 0) return;
    // Nodes before their heartbeats: whoever says that it is ready has sent one before.
    const all = await client.list(nodes, {}, signal);
    const now = await heartbeats();
    for (const node of all) {
      const { name = '' } = node.metadata;
      if (silent.has(name) && silent.get(name) === now.get(name)) await mark(node);
    }
  }

  /** When each node's kubelet was last heard of. */
  async function heartbeats(): Promise<Map<string, string | undefined>> {
    const all = await client.list(leases, { namespace: leaseNamespace }, signal);
    return new Map(all.map(({ metadata, spec }) => [metadata.name ?? '', spec.renewTime]));
  }

  const keepLooking = (): void => {
    clock.after(period, () => {
      if (signal.aborted) return;
      look()
        .catch((error: unknown) => {
          if (!signal.aborted) report(error, 'nodes');
        })
        .finally(keepLooking);
    });
  };

  async function mark(node: Node): Promise<void> {
    const before = node.status?.conditions ?? [];
    const conditions = silenced(before, timestamp(clock.now()));
    if (conditions.every((condition, index) => condition === before[index])) return;
    try {
      await client.update(nodes, { ...node, status: { ...node.status, conditions } }, 'status');
    } catch (error) {
      // It was changed since: perhaps it is back. The next look tells.
      if (error instanceof KubeError && (error.status === 404 || error.status === 409)) return;
      throw error;
    }
    const { name = '' } = node.metadata;
    const message = `Node ${name} status is now: NodeNotReady`;
    void recorder.record({ ...nodes, object: node }, 'Normal', 'NodeNotReady', message);
  }

  async function sync(name: string): Promise<void> {
    const node = await client.get(nodes, undefined, name);
    if (!node) return;
    const now = timestamp(clock.now());
    const taints = taintsFor(node, now);
    const tainted =
      taints === node.spec?.taints || (taints.length === 0 && node.spec?.taints === undefined)
        ? node
        : await client.update(nodes, { ...node, spec: { ...node.spec, taints: [...taints] } });
    const isUp = conditionOf(tainted.status?.conditions, 'Ready')?.status === 'True';
    if (isUp && !(tainted.spec?.taints ?? []).some(({ effect }) => effect === 'NoExecute')) return;
    const onNode = (await client.list(pods)).filter(({ spec }) => spec.nodeName === name);
    for (const pod of onNode) {
      if (!isUp) await noteNotReady(pod, now);
      await evictInTime(pod, tainted);
    }
  }

  async function noteNotReady(pod: Pod, now: string): Promise<void> {
    const ready = conditionOf(pod.status?.conditions, 'Ready');
    if (ready?.status !== 'True') return;
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition === ready ? { ...condition, status: 'False', lastTransitionTime: now } : condition,
    );
    const { namespace, name = '', uid } = pod.metadata;
    const patch = { metadata: { uid }, status: { conditions } };
    await client.patch(pods, namespace, name, patch, { subresource: 'status' });
    void recorder.record({ ...pods, object: pod }, 'Warning', 'NodeNotReady', 'Node is not ready');
  }

  async function evictInTime(pod: Pod, node: Node): Promise<void> {
    const due = evictionTime(pod, node, clock.speed);
    if (due === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const left = due - clock.now();
    if (left > 0) {
      queue.addAfter(node.metadata.name ?? '', left * clock.speed + 1);
      return;
    }
    const { namespace, name = '', uid } = pod.metadata;
    const message = `Marking for deletion Pod ${keyOf(pod)}`;
    void taintRecorder.record({ ...pods, object: pod }, 'Normal', 'TaintManagerEviction', message);
    await client.delete(pods, namespace, name, { uid });
  }

  keepLooking();
  // Heartbeats change nothing here: only what the taints depend on, and what has been done about them, counts.
  const seen = new Map<string, string>();
  void client.watch(
    nodes,
    {},
    ({ type, object }) => {
      const { metadata, spec, status } = object;
      const { name = '' } = metadata;
      if (type === 'added') {
        const message = `Node ${name} event: Registered Node ${name} in Controller`;
        void recorder.record({ ...nodes, object }, 'Normal', 'RegisteredNode', message);
      }
      if (type === 'deleted') heard.delete(name);
      const ready = conditionOf(status?.conditions, 'Ready')?.status;
      const picture = JSON.stringify([ready, spec?.unschedulable, spec?.taints]);
      if (seen.get(name) === picture) return;
      seen.set(name, picture);
      queue.add(name);
    },
    signal,
  );
}
