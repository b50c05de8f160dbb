/** Writes events the way Kubernetes components do: the same thing again raises a count instead of adding an event. */
import { randomUUID } from 'node:crypto';
import { KubeError } from './client.ts';
import { timestamp } from './clock.ts';
import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import { events } from './objects.ts';
import type { KubeEvent, KubeObject } from './objects.ts';

/** What an event is about. Objects from a list carry no kind, so it is named. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubeObject;
  /** Part of the object: `spec.containers{app}`. */
  readonly fieldPath?: string;
}

/** How often a write is tried whose answer never came: a connection may break. The real recorder tries twelve times. */
const tries = 3;

export interface Recorder {
  /** Never fails: an event that the API server refuses, or that cannot be brought to it, is lost, as with the real recorder. */
  record(subject: Subject, type: KubeEvent['type'], reason: string, message: string): Promise<void>;
}

/**
 * @param component who writes: `deployment-controller`, `kubelet`, …
 * @param host the node, for a kubelet
 */
export function eventRecorder(client: KubeClient, clock: Clock, component: string, host?: string): Recorder {
  const seen = new Map<string, { name: string; count: number }>();
  let tail: Promise<void> = Promise.resolve();

  const write = async (
    subject: Subject,
    type: KubeEvent['type'],
    reason: string,
    message: string,
  ): Promise<void> => {
    const { name = '', namespace = 'default', uid = '', resourceVersion } = subject.object.metadata;
    const key = [uid, subject.fieldPath, type, reason, message].join('\n');
    const at = timestamp(clock.now());
    const before = seen.get(key);
    if (before) {
      const count = before.count + 1;
      const change = { count, lastTimestamp: at };
      const patched = await client.patch(events, namespace, before.name, change).catch((error: unknown) => {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      });
      if (patched) {
        before.count = count;
        return;
      }
    }
    const event: KubeEvent = {
      metadata: { name: `${name}.${randomUUID().replaceAll('-', '').slice(0, 16)}`, namespace },
      involvedObject: {
        kind: subject.kind,
        apiVersion: subject.apiVersion,
        // What belongs to no namespace is told of in the default one, and says so.
        namespace: subject.object.metadata.namespace,
        name,
        uid,
        resourceVersion,
        fieldPath: subject.fieldPath,
      },
      reason,
      message,
      type,
      source: { component, host },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    await client.create(events, event);
    seen.set(key, { name: event.metadata.name ?? '', count: 1 });
  };

  const bring = async (...event: Parameters<typeof write>): Promise<void> => {
    for (let left = tries; left > 0; left--) {
      try {
        await write(...event);
        return;
      } catch (error) {
        if (error instanceof KubeError) return;
      }
    }
  };

  return {
    record(subject, type, reason, message) {
      // One after another, so that events appear in the order in which things happened.
      tail = tail.then(() => bring(subject, type, reason, message));
      return tail;
    },
  };
}
