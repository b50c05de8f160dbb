/** What a container needs of the pod and node that it runs on. */
import type { KubeClient } from '../client.ts';
import type { Clock } from '../clock.ts';
import type { KubeEvent, Pod } from '../objects.ts';

export interface Host {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pod: Pod;
  readonly podIP: string;
  /** Ends the container's life with the pod's. */
  readonly signal: AbortSignal;
  /** Images that the node has. */
  readonly pulled: Set<string>;
  /** Writes the pod's status; called after every change of a container's. */
  publish(): Promise<void>;
  /** @param container which of the pod's containers it is about */
  event(container: string, type: KubeEvent['type'], reason: string, message: string): void;
  /** Waits in the world's own time. @throws when the signal aborts */
  sleep(milliseconds: number): Promise<void>;
}

/** Waits for nothing but the pod's end. @throws when the signal aborts */
export function forever({ signal }: Pick<Host, 'signal'>): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('The pod is gone'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
