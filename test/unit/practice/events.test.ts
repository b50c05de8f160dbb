import assert from 'node:assert/strict';
import { KubeError } from '../../../src/practice/client.ts';
import type { KubeClient } from '../../../src/practice/client.ts';
import { wallClock } from '../../../src/practice/clock.ts';
import { eventRecorder } from '../../../src/practice/events.ts';
import type { KubeEvent } from '../../../src/practice/objects.ts';

const subject = {
  apiVersion: 'v1',
  kind: 'Pod',
  object: { metadata: { name: 'cart-1', namespace: 'shop', uid: 'u1' } },
};

/** A recorder whose writes fail with `failures`, one after another, before they go through. */
function failing(failures: Error[]) {
  const created: KubeEvent[] = [];
  const counts: unknown[] = [];
  const broken = (): void => {
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const client = {
    create: async (_events: unknown, event: KubeEvent) => {
      broken();
      created.push(event);
      return event;
    },
    patch: async (_events: unknown, _namespace: string, _name: string, change: { count: number }) => {
      broken();
      counts.push(change.count);
      return {};
    },
  };
  const recorder = eventRecorder(client as unknown as KubeClient, wallClock(1), 'kubelet');
  const record = (): Promise<void> => recorder.record(subject, 'Warning', 'BackOff', 'Back-off restarting');
  return { record, created, counts };
}

describe('what a component tells in events', () => {
  const reset = (): Error => new Error('read ECONNRESET');

  it('is told though a connection breaks, and counted once', async () => {
    const failures = [reset(), reset()];
    const { record, created, counts } = failing(failures);
    await record();
    failures.push(reset());
    await record();
    assert.equal(created.length, 1);
    assert.deepEqual(counts, [2]);
  });

  it('is lost where the API server refuses it or cannot be reached, and nothing fails', async () => {
    const refused = failing([new KubeError(403, 'Forbidden', 'no')]);
    await refused.record();
    assert.equal(refused.created.length, 0);
    const away = failing([reset(), reset(), reset()]);
    await away.record();
    assert.equal(away.created.length, 0);
  });
});
