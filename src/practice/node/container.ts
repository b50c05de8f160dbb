/** The life of one container: pulled, configured, started, and started again each time it ends. */
import { createHash, randomUUID } from 'node:crypto';
import { behave, fullName, imageExists } from '../app.ts';
import type { Behaviour } from '../app.ts';
import { quantity } from '../quantity.ts';
import type { KubeClient } from '../client.ts';
import { timestamp } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Container, ContainerStatus, KubeEvent, Pod, TerminatedState } from '../objects.ts';
import { backOff, goDuration } from './backoff.ts';
import { environmentOf, MissingConfiguration } from './environment.ts';
import { Log } from './logs.ts';
import type { ContainerLogs } from './logs.ts';

/** How long things take on this node, in milliseconds. */
const pullTime = 900;
const startTime = 200;
const timeToFail = 1_500;
const configurationRetry = 10_000;
/** After running this long a container's next crash counts as its first. */
const longEnough = 600_000;

/** What a container needs of the pod and node that it runs on. */
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
  event(container: string, type: KubeEvent['type'], reason: string, message: string): void;
  /** Waits in the world's own time. @throws when the signal aborts */
  sleep(milliseconds: number): Promise<void>;
}

export class ContainerRunner {
  status: ContainerStatus;
  readonly #host: Host;
  readonly #container: Container;
  #current: Log | undefined;
  #previous: Log | undefined;

  constructor(host: Host, container: Container) {
    this.#host = host;
    this.#container = container;
    this.status = {
      name: container.name,
      image: container.image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {},
    };
  }

  get logs(): ContainerLogs {
    return { current: this.#current, previous: this.#previous };
  }

  /** Runs until the host's signal aborts, or until the container has ended and is not to be started again. */
  async run(): Promise<void> {
    const { clock, pod } = this.#host;
    let crashes = 0;
    for (;;) {
      await this.#pull();
      const behaviour = await this.#configure();
      const startedAt = clock.now();
      const ended = await this.#execute(behaviour);
      const policy = pod.spec.restartPolicy ?? 'Always';
      if (policy === 'Never' || (policy === 'OnFailure' && ended.exitCode === 0)) return;
      if ((clock.now() - startedAt) * clock.speed > longEnough) crashes = 0;
      // The first restart comes at once; the back-off begins with the second.
      if (crashes > 0) await this.#holdBack(ended, backOff(crashes - 1));
      crashes += 1;
      await this.#set({ restartCount: this.status.restartCount + 1 }, false);
    }
  }

  async #pull(): Promise<void> {
    const { image, imagePullPolicy } = this.#container;
    const { pulled, clock } = this.#host;
    if (imagePullPolicy !== 'Always' && pulled.has(fullName(image))) {
      this.#event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return;
    }
    for (let failures = 0; ; failures += 1) {
      const begun = clock.now();
      this.#event('Normal', 'Pulling', `Pulling image "${image}"`);
      await this.#host.sleep(pullTime);
      if (imageExists(image)) {
        pulled.add(fullName(image));
        const took = ((clock.now() - begun) / 1000).toFixed(3);
        this.#event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took}s`);
        return;
      }
      const name = fullName(image);
      const why =
        `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": ` +
        `failed to resolve reference "${name}": ${name}: not found`;
      this.#event('Warning', 'Failed', `Failed to pull image "${image}": ${why}`);
      this.#event('Warning', 'Failed', 'Error: ErrImagePull');
      await this.#wait('ErrImagePull', why);
      await this.#host.sleep(startTime);
      this.#event('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      this.#event('Warning', 'Failed', 'Error: ImagePullBackOff');
      await this.#wait('ImagePullBackOff', `Back-off pulling image "${image}"`);
      await this.#host.sleep(backOff(failures));
    }
  }

  /** Waits until everything that the environment refers to exists. */
  async #configure(): Promise<Behaviour> {
    for (;;) {
      try {
        const environment = await environmentOf(this.#host.client, this.#host.pod, this.#container);
        return behave({ environment, memoryLimit: quantity(this.#container.resources?.limits?.['memory']) });
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
    const startedAt = timestamp(clock.now());
    this.#previous = this.#current;
    const log = new Log();
    this.#current = log;
    this.#event('Normal', 'Started', `Started container ${name}`);
    for (const line of behaviour.lines) log.write(line, clock.now());
    const { terminated } = this.status.state;
    await this.#set({
      containerID,
      imageID: `${fullName(image)}@sha256:${createHash('sha256').update(fullName(image)).digest('hex')}`,
      started: true,
      ready: false,
      state: { running: { startedAt } },
      ...(terminated && { lastState: { terminated } }),
    });
    if (behaviour.outcome === 'serves') await this.#probe(behaviour.port);
    await sleep(timeToFail);
    log.end();
    const [exitCode, reason] =
      behaviour.outcome === 'exits' ? [behaviour.exitCode, 'Error'] : [137, 'OOMKilled'];
    const ended = { exitCode, reason, startedAt, finishedAt: timestamp(clock.now()), containerID };
    await this.#set({ started: false, ready: false, state: { terminated: ended } });
    await sleep(startTime);
    return ended;
  }

  /** Keeps asking whether the application is ready. It never ends by itself: only the pod's end ends it. */
  async #probe(listening: number): Promise<never> {
    const {
      httpGet,
      tcpSocket,
      initialDelaySeconds = 0,
      periodSeconds = 10,
    } = this.#container.readinessProbe ?? {};
    const wanted = httpGet?.port ?? tcpSocket?.port ?? listening;
    const port =
      typeof wanted === 'number'
        ? wanted
        : this.#container.ports?.find(({ name }) => name === wanted)?.containerPort;
    await this.#host.sleep(initialDelaySeconds * 1000);
    for (;;) {
      if (port === listening) {
        await this.#set({ ready: true });
        // What the application answers does not change while it runs.
        await new Promise((_, reject) => {
          this.#host.signal.addEventListener('abort', reject, { once: true });
        });
      }
      const address = `${this.#host.podIP}:${String(port)}`;
      const refused = `dial tcp ${address}: connect: connection refused`;
      const message = httpGet ? `Get "http://${address}${httpGet.path ?? '/'}": ${refused}` : refused;
      this.#event('Warning', 'Unhealthy', `Readiness probe failed: ${message}`);
      await this.#host.sleep(periodSeconds * 1000);
    }
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
