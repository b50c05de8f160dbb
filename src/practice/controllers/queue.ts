/** The heart of a controller: a set of keys to look at, one after another, each again after a failure. */
import { KubeError } from '../client.ts';
import type { Clock } from '../clock.ts';

const firstRetry = 50;
const slowestRetry = 5_000;

export interface Queue {
  /** Has the key looked at soon; a key that waits already is not queued twice. */
  add(key: string): void;
  /**
   * Has the key looked at after a time. Of several times for one key the earliest counts.
   * @param milliseconds in the world's own time
   */
  addAfter(key: string, milliseconds: number): void;
}

/**
 * @param sync brings one object nearer to what it should be; it reads the objects anew each time
 * @param report is told of failures, except of those which just say "look again"
 */
export function startQueue(
  clock: Clock,
  signal: AbortSignal,
  sync: (key: string) => Promise<void>,
  report: (error: unknown, key: string) => void,
): Queue {
  const waiting = new Set<string>();
  const failures = new Map<string, number>();
  let working = false;

  const add = (key: string): void => {
    if (signal.aborted) return;
    waiting.add(key);
    if (!working) void work();
  };

  const work = async (): Promise<void> => {
    working = true;
    // Lets the changes of one burst gather before the first look at them.
    await Promise.resolve();
    for (const key of waiting) {
      if (signal.aborted) break;
      waiting.delete(key);
      try {
        await sync(key);
        failures.delete(key);
      } catch (error) {
        if (signal.aborted) break;
        const count = failures.get(key) ?? 0;
        failures.set(key, count + 1);
        if (!isOvertaken(error)) report(error, key);
        setTimeout(add, Math.min(firstRetry * 2 ** count, slowestRetry), key).unref();
      }
    }
    working = false;
  };

  const timers = new Map<string, { due: number; cancel: () => void }>();
  signal.addEventListener('abort', () => {
    for (const { cancel } of timers.values()) cancel();
  });

  return {
    add,
    addAfter(key, milliseconds) {
      const due = clock.now() + milliseconds;
      const pending = timers.get(key);
      if (signal.aborted || (pending && pending.due <= due)) return;
      pending?.cancel();
      const cancel = clock.after(milliseconds, () => {
        timers.delete(key);
        add(key);
      });
      timers.set(key, { due, cancel });
    },
  };
}

/** Whether what was read was changed, or has gone, before it was written. */
function isOvertaken(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 409 || error.status === 404);
}
