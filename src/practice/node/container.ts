/** The life of one container: pulled, configured, started, and started again each time it ends. */
import { randomUUID } from 'node:crypto';
import { behave } from '../app.ts';
import type { Behaviour } from '../app.ts';
import { quantity } from '../quantity.ts';
import { timestamp } from '../clock.ts';
import type { Container, ContainerState, ContainerStatus, KubeEvent, TerminatedState } from '../objects.ts';
import { staysReady } from './access.ts';
import { backOff, goDuration } from './backoff.ts';
import { environmentOf, MissingConfiguration } from './environment.ts';
import type { Host } from './host.ts';
import { Log } from './logs.ts';
import type { ContainerLogs } from './logs.ts';
import { becomesReady, isKilled } from './probes.ts';
import type { Serving } from './probes.ts';
import { imageId, pull } from './pulling.ts';

/** How long things take on this node, in milliseconds. */
const startTime = 200;
const timeToEnd = 1_500;
const configurationRetry = 10_000;
/** After running this long a container's next crash counts as its first. */
const longEnough = 600_000;

/** Which ends of a container it is started again after. */
export type Restarts = 'Always' | 'OnFailure' | 'Never';

/** How a run of a container ended. */
type Ending = Pick<TerminatedState, 'exitCode' | 'reason' | 'message'>;

export class ContainerRunner {
  status: ContainerStatus;
  readonly #host: Host;
  readonly #container: Container;
  readonly #restarts: Restarts;
  #current: Log | undefined;
  #previous: Log | undefined;

  /** @param waiting why it waits before it is run */
  constructor(host: Host, container: Container, restarts: Restarts, waiting: string) {
    this.#host = host;
    this.#container = container;
    this.#restarts = restarts;
    this.status = {
      name: container.name,
      image: container.image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: waiting } },
      lastState: {},
    };
  }

  get logs(): ContainerLogs {
    const { state, lastState } = this.status;
    // While it waits to be started again, the run that is over is both its last and the one before.
    const previous = state.waiting && lastState.terminated ? this.#current : this.#previous;
    return { current: this.#current, previous, waiting: state.waiting?.reason };
  }

  /**
   * Runs until the container has ended and is not to be started again.
   * @returns its last exit code
   * @throws when the host's signal aborts
   */
  async run(): Promise<number> {
    const { clock } = this.#host;
    let crashes = 0;
    for (;;) {
      await pull(this.#container, this.#host, (reason, message) => this.#wait(reason, message));
      const behaviour = await this.#configure();
      const startedAt = clock.now();
      const ended = await this.#execute(behaviour);
      const again = this.#restarts === 'OnFailure' ? ended.exitCode !== 0 : this.#restarts === 'Always';
      if (!again) return ended.exitCode;
      if ((clock.now() - startedAt) * clock.speed > longEnough) crashes = 0;
      // The first restart comes at once; the back-off begins with the second.
      if (crashes > 0) await this.#holdBack(ended, backOff(crashes - 1));
      crashes += 1;
      await this.#set({ restartCount: this.status.restartCount + 1 }, false);
    }
  }

  /** Waits until everything that the environment refers to exists. */
  async #configure(): Promise<Behaviour> {
    const { command, args, resources } = this.#container;
    for (;;) {
      try {
        const environment = await environmentOf(this.#host.client, this.#host.pod, this.#container);
        const memoryLimit = quantity(resources?.limits?.['memory']);
        return behave({ environment, memoryLimit, command, args });
      } catch (error) {
        if (!(error instanceof MissingConfiguration)) throw error;
        this.#event('Warning', 'Failed', `Error: ${error.message}`);
        await this.#wait('CreateContainerConfigError', error.message);
        await this.#host.sleep(configurationRetry);
      }
    }
  }

  async #execute(behaviour: Behaviour): Promise<TerminatedState> {
    const { clock, sleep } = this.#host;
    const { name, image } = this.#container;
    this.#event('Normal', 'Created', `Created container ${name}`);
    await sleep(startTime);
    const containerID = `containerd://${randomUUID().replaceAll('-', '')}`;
    const ids = { containerID, imageID: imageId(image) };
    const startedAt = timestamp(clock.now());
    this.#previous = this.#current;
    const log = new Log();
    this.#current = log;
    if (behaviour.outcome === 'cannot-start') {
      log.end();
      return this.#failToStart(behaviour.message, ids);
    }
    this.#event('Normal', 'Started', `Started container ${name}`);
    for (const line of behaviour.lines) log.write(line, clock.now());
    const { terminated } = this.status.state;
    await this.#set({
      ...ids,
      started: true,
      // A container that nobody asks is ready as soon as it runs.
      ready: behaviour.outcome !== 'serves' && this.#container.readinessProbe === undefined,
      state: { running: { startedAt } },
      ...(terminated && { lastState: { terminated } }),
    });
    const ending = await this.#untilItEnds(behaviour);
    log.end();
    const ended = { ...ending, startedAt, finishedAt: timestamp(clock.now()), containerID };
    await this.#set({ started: false, ready: false, state: { terminated: ended } });
    await sleep(startTime);
    return ended;
  }

  async #untilItEnds(behaviour: Exclude<Behaviour, { outcome: 'cannot-start' }>): Promise<Ending> {
    switch (behaviour.outcome) {
      case 'serves': {
        const serving = {
          host: this.#host,
          container: this.#container,
          listening: behaviour.port,
          over: false,
        };
        await this.#serve(serving);
        return { exitCode: 137, reason: 'Error' };
      }
      case 'exits': {
        await this.#host.sleep(timeToEnd);
        const { exitCode } = behaviour;
        return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
      }
      case 'out-of-memory':
        await this.#host.sleep(timeToEnd);
        return { exitCode: 137, reason: 'OOMKilled' };
    }
  }

  /** It never ends by itself: only its liveness probe ends it, or the pod's end. */
  async #serve(serving: Serving): Promise<void> {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const ready = async (): Promise<void> => {
      await becomesReady(serving);
      await staysReady(serving, this.#current, (isReady) => this.#set({ ready: isReady }));
    };
    ready().catch(reject);
    await Promise.race([isKilled(serving), failed]);
    serving.over = true;
  }

  /** As the kubelet shows it: it was never running, and ended all the same. */
  async #failToStart(
    message: string,
    ids: { containerID: string; imageID: string },
  ): Promise<TerminatedState> {
    const { clock, sleep } = this.#host;
    this.#event('Warning', 'Failed', `Error: ${message}`);
    const finishedAt = timestamp(clock.now());
    const { containerID } = ids;
    const never = timestamp(0);
    const ended = {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: never,
      finishedAt,
      containerID,
    };
    const state: ContainerState =
      this.#restarts === 'Never'
        ? { terminated: ended }
        : { waiting: { reason: 'RunContainerError', message } };
    const lastState = this.#restarts === 'Never' ? {} : { terminated: ended };
    await this.#set({ ...ids, ready: false, state, lastState });
    await sleep(timeToEnd);
    return ended;
  }

  async #holdBack(ended: TerminatedState, milliseconds: number): Promise<void> {
    const { name } = this.#container;
    const { name: pod = '', namespace = '', uid = '' } = this.#host.pod.metadata;
    const id = `${pod}_${namespace}(${uid})`;
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${id}`);
    const message = `back-off ${goDuration(milliseconds)} restarting failed container=${name} pod=${id}`;
    await this.#set({
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated: ended },
    });
    await this.#host.sleep(milliseconds);
  }

  #wait(reason: string, message: string): Promise<void> {
    return this.#set({ ready: false, state: { waiting: { reason, message } } });
  }

  async #set(change: Partial<ContainerStatus>, publish = true): Promise<void> {
    this.status = { ...this.status, ...change };
    if (publish) await this.#host.publish();
  }

  #event(type: KubeEvent['type'], reason: string, message: string): void {
    this.#host.event(this.#container.name, type, reason, message);
  }
}
