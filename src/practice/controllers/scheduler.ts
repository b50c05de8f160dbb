/** Gives pending pods a node, or says why there is none. */
import { claims } from '../api-groups.ts';
import { conditionOf, isActive, withCondition } from '../conditions.ts';
import { timestamp } from '../clock.ts';
import { keyOf } from '../client.ts';
import { eventRecorder } from '../events.ts';
import { nodes, pods } from '../objects.ts';
import type { Pod } from '../objects.ts';
import type { ControllerOptions } from './controllers.ts';
import { choose } from './placing.ts';
import { startQueue } from './queue.ts';

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
    const mounted = (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined);
    const volumes = mounted ? await client.list(claims, { namespace }) : [];
    const choice = choose(pod, await client.list(nodes), await client.list(pods), volumes);
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
  void client.watch(claims, {}, retryWaiting, signal);
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
