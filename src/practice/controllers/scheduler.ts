/** Gives pending pods a node: one that is Ready, that their selector names and that has room for their requests. */
import { conditionOf, isActive, withCondition } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import { keyOf } from '../client.ts';
import { eventRecorder } from '../events.ts';
import { nodes, pods } from '../objects.ts';
import type { Node, Pod } from '../objects.ts';
import { quantity } from '../quantity.ts';
import type { ControllerOptions } from './controllers.ts';
import { matches } from './labels.ts';
import { startQueue } from './queue.ts';

const scheduled = ['cpu', 'memory'] as const;

/** Why a pod cannot go to a node, in the scheduler's words; undefined where it can. */
export function obstacle(pod: Pod, node: Node, onNode: readonly Pod[]): string | undefined {
  if (node.spec?.unschedulable) return 'node(s) were unschedulable';
  const taint = (node.spec?.taints ?? []).find(
    ({ key, value, effect }) =>
      effect !== 'PreferNoSchedule' &&
      !(pod.spec.tolerations ?? []).some(
        (toleration) =>
          (toleration.key === undefined || toleration.key === key) &&
          (toleration.operator === 'Exists' || toleration.value === value) &&
          (toleration.effect === undefined || toleration.effect === effect),
      ),
  );
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (conditionOf(node.status?.conditions, 'Ready')?.status !== 'True') return 'node(s) were not ready';
  if (!matches({ matchLabels: pod.spec.nodeSelector }, node.metadata.labels)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const short = scheduled.find((resource) => {
    const room = quantity(node.status?.allocatable?.[resource]) ?? 0;
    const taken = onNode.reduce((sum, other) => sum + requested(other, resource), 0);
    return requested(pod, resource) > room - taken;
  });
  return short && `Insufficient ${short}`;
}

function requested(pod: Pod, resource: (typeof scheduled)[number]): number {
  return pod.spec.containers.reduce((sum, { resources }) => {
    const amount = resources?.requests?.[resource] ?? resources?.limits?.[resource];
    return sum + (quantity(amount) ?? 0);
  }, 0);
}

/** A node for the pod, the emptiest of those that it may go to, or why there is none. */
export function choose(
  pod: Pod,
  allNodes: readonly Node[],
  allPods: readonly Pod[],
): { node: Node } | { reason: string } {
  const reasons = new Map<string, number>();
  const fitting: { node: Node; load: number }[] = [];
  for (const node of allNodes) {
    const onNode = allPods.filter((other) => isActive(other) && other.spec.nodeName === node.metadata.name);
    const reason = obstacle(pod, node, onNode);
    if (reason === undefined) fitting.push({ node, load: onNode.length });
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const best = fitting.toSorted((a, b) => a.load - b.load)[0];
  if (best) return { node: best.node };
  const counted = [...reasons].map(([reason, count]) => `${String(count)} ${reason}`).sort();
  const all = String(allNodes.length);
  return { reason: `0/${all} nodes are available${counted.length > 0 ? `: ${counted.join(', ')}` : ''}.` };
}

export function startScheduler({ client, clock, signal, report }: ControllerOptions): void {
  const recorder = eventRecorder(client, clock, 'default-scheduler');
  const waiting = new Set<string>();
  const queue = startQueue(clock, signal, sync, report);

  async function sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const pod = await client.get(pods, namespace, name);
    if (!pod || pod.spec.nodeName || !isActive(pod)) {
      waiting.delete(key);
      return;
    }
    const choice = choose(pod, await client.list(nodes), await client.list(pods));
    const subject = { ...pods, object: pod };
    if ('reason' in choice) {
      waiting.add(key);
      await notePending(pod, choice.reason);
      return;
    }
    waiting.delete(key);
    const target = choice.node.metadata.name ?? '';
    await client.createBelow(pods, pod, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name },
      target: { apiVersion: 'v1', kind: 'Node', name: target },
    });
    void recorder.record(subject, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${target}`);
  }

  async function notePending(pod: Pod, message: string): Promise<void> {
    const now = timestamp(clock.now());
    const before = pod.status?.conditions ?? [];
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
    const conditions = withCondition(before, condition, now);
    if (conditions === before) return;
    const { namespace, name = '' } = pod.metadata;
    const status = { phase: 'Pending', conditions };
    await client.patch(pods, namespace, name, { status }, { subresource: 'status' });
    void recorder.record({ ...pods, object: pod }, 'Warning', 'FailedScheduling', message);
  }

  const retryWaiting = (): void => {
    for (const key of waiting) queue.add(key);
  };
  void client.watch(
    pods,
    {},
    ({ type, object }) => {
      if (type === 'deleted' || !isActive(object)) retryWaiting();
      else if (!object.spec.nodeName) queue.add(keyOf(object));
    },
    signal,
  );
  // A node's own heartbeat changes nothing for pods that found no room on it: only what it offers counts.
  const offers = new Map<string, string>();
  void client.watch(
    nodes,
    {},
    ({ object: { metadata, spec, status } }) => {
      const ready = conditionOf(status?.conditions, 'Ready')?.status;
      const offer = JSON.stringify([metadata.labels, spec, status?.allocatable, ready]);
      if (offers.get(metadata.name ?? '') === offer) return;
      offers.set(metadata.name ?? '', offer);
      retryWaiting();
    },
    signal,
  );
}
