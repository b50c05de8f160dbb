/** The life of one pod on a node. */
import type { KubeClient } from '../client.ts';
import { KubeError } from '../client.ts';
import { timestamp } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { conditionOf } from '../conditions.ts';
import type { Recorder } from '../events.ts';
import { pods } from '../objects.ts';
import type { Pod } from '../objects.ts';
import { ContainerRunner } from './container.ts';
import type { Restarts } from './container.ts';
import type { Host } from './host.ts';
import { checkVolumes, MissingConfiguration } from './environment.ts';
import type { ContainerLogs } from './logs.ts';
import { podStatus } from './status.ts';

const volumeRetry = 10_000;
/** How long an application takes to stop, in milliseconds; a shorter grace period cuts it short. */
const timeToStop = 1_000;

export interface PodOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly pod: Pod;
  readonly podIP: string;
  readonly pulled: Set<string>;
  /** Is told of failures to speak with the API server. */
  readonly report: (error: unknown, key: string) => void;
}

export class PodRunner {
  readonly #options: PodOptions;
  readonly #abort = new AbortController();
  readonly #containers: readonly ContainerRunner[];
  readonly #initContainers: readonly ContainerRunner[];
  readonly #startTime: string;
  #pod: Pod;
  #networked = false;
  #stopping = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: PodOptions) {
    this.#options = options;
    this.#pod = options.pod;
    this.#startTime = timestamp(options.clock.now());
    const { client, clock, pod, podIP, pulled } = options;
    const host: Host = {
      client,
      clock,
      pod,
      podIP,
      pulled,
      signal: this.#abort.signal,
      publish: () => this.#publish(),
      event: (container, type, reason, message) => {
        this.#event(type, reason, message, this.#pathOf(container));
      },
      sleep: (milliseconds) => this.#sleep(milliseconds),
    };
    const { containers, initContainers = [], restartPolicy = 'Always' } = pod.spec;
    const restarts = restartPolicy as Restarts;
    const waiting = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.#containers = containers.map((each) => new ContainerRunner(host, each, restarts, waiting));
    // What has done its part before the others start is not started again.
    const untilDone = restarts === 'Always' ? 'OnFailure' : restarts;
    this.#initContainers = initContainers.map((each) => new ContainerRunner(host, each, untilDone, waiting));
  }

  /** @returns undefined where the pod has no such container */
  logs(container: string): ContainerLogs | undefined {
    return this.#all.find(({ status }) => status.name === container)?.logs;
  }

  /** Runs the pod until it is stopped; failures are reported, not thrown. */
  start(): void {
    this.#run().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#options.report(error, this.#name);
    });
  }

  /** Takes note of what the API server says of the pod now. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) void this.#stop();
    else if (isContradicted(pod)) void this.#publish();
  }

  /** The pod as the API server last told of it. */
  get pod(): Pod {
    return this.#pod;
  }

  /** Drops everything: the pod is gone, or the node is. */
  drop(): void {
    this.#abort.abort();
  }

  get #all(): readonly ContainerRunner[] {
    return [...this.#initContainers, ...this.#containers];
  }

  #pathOf(container: string): string {
    const first = this.#initContainers.some(({ status }) => status.name === container);
    return `spec.${first ? 'initContainers' : 'containers'}{${container}}`;
  }

  get #name(): string {
    return `${this.#pod.metadata.namespace ?? ''}/${this.#pod.metadata.name ?? ''}`;
  }

  async #run(): Promise<void> {
    await this.#publish();
    await this.#mount();
    this.#networked = true;
    for (const container of this.#initContainers) {
      // A failure that counts is the end of the pod.
      if ((await container.run()) !== 0) return;
    }
    await Promise.all(this.#containers.map((container) => container.run()));
  }

  async #mount(): Promise<void> {
    for (;;) {
      try {
        await checkVolumes(this.#options.client, this.#pod);
        return;
      } catch (error) {
        if (!(error instanceof MissingConfiguration)) throw error;
        this.#event('Warning', 'FailedMount', error.message);
        await this.#sleep(volumeRetry);
      }
    }
  }

  /** Ends the containers, then removes the pod: deleting it for good is the node's part. */
  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { client, clock, report } = this.#options;
    for (const { status, logs } of this.#all) {
      logs.current?.end();
      if (!status.state.running) continue;
      const { name } = status;
      this.#event('Normal', 'Killing', `Stopping container ${name}`, this.#pathOf(name));
    }
    this.#abort.abort();
    const { name = '', namespace, uid, deletionGracePeriodSeconds = 30 } = this.#pod.metadata;
    await new Promise<void>((resolve) => {
      clock.after(Math.min(deletionGracePeriodSeconds * 1000, timeToStop), resolve);
    });
    await client.delete(pods, namespace, name, { gracePeriodSeconds: 0, uid }).catch((error: unknown) => {
      // A conflict says that a later pod has the name.
      if (error instanceof KubeError && error.status === 409) return;
      report(error, this.#name);
    });
  }

  #publish(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const { client, clock, podIP } = this.#options;
    const { name = '', namespace, uid } = this.#pod.metadata;
    const placement = {
      hostIP: '127.0.0.1',
      startTime: this.#startTime,
      ...(this.#networked && { podIP }),
    };
    const statuses = (runners: readonly ContainerRunner[]) => runners.map(({ status }) => status);
    const containers = statuses(this.#containers);
    const initContainers = statuses(this.#initContainers);
    const now = timestamp(clock.now());
    const status = podStatus(this.#pod, containers, initContainers, placement, now);
    try {
      const patch = { metadata: { uid }, status };
      this.#pod = await client.patch(pods, namespace, name, patch, { subresource: 'status' });
    } catch (error) {
      // Gone, or replaced by a later pod of the same name: the watch says so in a moment.
      if (error instanceof KubeError && (error.status === 404 || error.status === 409)) return;
      this.#options.report(error, this.#name);
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new Error('The pod is gone'));
        return;
      }
      const stop = (): void => {
        cancel();
        reject(new Error('The pod is gone'));
      };
      const cancel = this.#options.clock.after(milliseconds, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    const subject = { ...pods, object: this.#pod, fieldPath };
    void this.#options.recorder.record(subject, type, reason, message);
  }
}

/**
 * Whether somebody else has written that the pod is not ready although its containers are, as the node lifecycle controller does
 * once a node is silent. A kubelet says again how its pod is when it sees that.
 */
function isContradicted({ status }: Pod): boolean {
  const said = (type: string) => conditionOf(status?.conditions, type)?.status;
  return said('Ready') !== said('ContainersReady');
}
