/** The two clusters, and how a scenario is brought to the same state on both. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Connection } from '../../src/practice/client.ts';
import { wallClock, type Clock } from '../../src/practice/clock.ts';
import { namespaces } from '../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../src/practice/objects.ts';
import { startPractice } from '../../src/practice/practice.ts';
import { containerStatuses, isHealthy, readState } from '../../src/practice/scenarios/state.ts';
import type { State } from '../../src/practice/scenarios/state.ts';
import { breakIt, setUp, type Stage } from '../../src/practice/scenarios/play.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { scenarios } from '../../src/practice/scenarios/scenarios.ts';

/** The crash loop's workload before anything breaks it: what is asked of the server, and changed, is asked here. */
export const healthy: Scenario = {
  ...scenarioOf(1),
  name: 'healthy',
  namespace: 'shop-healthy',
  breakage: [],
};

function scenarioOf(number: number): Scenario {
  const found = scenarios.find((scenario) => scenario.number === number);
  if (found === undefined) throw new Error(`There is no scenario ${number}`);
  return found;
}

const { ONCALL_SCENARIOS: only } = process.env;

/** Every scenario of the catalogue in a namespace of its own, so that they can stand side by side. */
export const played: readonly Scenario[] = [
  healthy,
  ...scenarios.map((scenario) => ({ ...scenario, namespace: `shop-${scenario.name}` })),
].filter(({ name }) => only === undefined || only.split(',').includes(name));

/** Whether a scenario takes a machine away from under all others. */
export function standsAlone({ breakage }: Scenario): boolean {
  return breakage.some(({ deed }) => deed === 'stop the node');
}

const nodeMetrics: Resource<KubeObject> = {
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  namespaced: false,
};

/** Whether a cluster has what a scenario needs to come about. */
export async function has({ client, machines }: Stage, { needs }: Scenario): Promise<boolean> {
  if (needs.includes('simulated node') && machines === undefined) return false;
  if (!needs.includes('metrics')) return true;
  return client.list(nodeMetrics).then(
    () => true,
    () => false,
  );
}

/** How many times faster the practice cluster is while scenarios come about. */
const speed = 20;

/** Milliseconds between two looks. */
export const pauseBeforeLook = 100;

/** So many restarts make a back-off that outlasts the questions. */
const restartsBeforeCalm = 4;

/** Brings a scenario about and waits until nothing of it changes for a while. */
export async function bringAbout(scenario: Scenario, stage: Stage): Promise<void> {
  await setUp(scenario, stage);
  if (scenario.breakage.length > 0) await breakIt(scenario, stage);
  await calm(scenario, stage, restartsBeforeCalm);
}

/** Removes what an earlier recording left on a cluster that goes on. */
export async function clearAway({ namespace }: Scenario, stage: Stage): Promise<void> {
  const { client, machines, signal } = stage;
  // A pod of a machine that is silent is never confirmed to be gone.
  machines?.restart();
  await client.delete(namespaces, undefined, namespace, { signal });
  while ((await client.get(namespaces, undefined, namespace)) !== undefined) {
    signal.throwIfAborted();
    await pause(pauseBeforeLook);
  }
}

/** Waits until every container that restarts again and again waits for its next start. */
export async function calm(scenario: Scenario, stage: Stage, restarts = 0): Promise<State> {
  for (;;) {
    stage.signal.throwIfAborted();
    const state = await readState(stage.client, scenario);
    if (isCalm(state, restarts)) return state;
    await pause(pauseBeforeLook);
  }
}

/** What a container waits for on its way to something else. */
const passing: ReadonlySet<string> = new Set(['ContainerCreating', 'ErrImagePull']);

/** Whether no container is between two states. @param restarts so many of those that restart must have had */
export function isCalm(state: State, restarts = 0): boolean {
  return containerStatuses(state).every(
    ({ restartCount, ready, state: { waiting } }) =>
      // Where a probe is what kills it, it is ready in between.
      (ready && restartCount === 0) ||
      waiting?.reason === 'ImagePullBackOff' ||
      (restartCount === 0 && !passing.has(waiting?.reason ?? '')) ||
      (restartCount >= restarts && waiting?.reason === 'CrashLoopBackOff'),
  );
}

/** Whether a workload is as it was set up. */
export function isWell(scenario: Scenario): (state: State) => boolean {
  return scenario.isUp ?? isHealthy;
}

/** What would show that something has changed since. */
export function signature(state: State): string {
  return JSON.stringify(
    state.pods.map(({ metadata, status }) => [
      metadata.name,
      status?.containerStatuses?.map(({ restartCount, state: at }) => [
        restartCount,
        Object.keys(at),
        at.waiting?.reason,
      ]),
    ]),
  );
}

/** A clock that can be made to stand still: nothing that waits comes about until it goes on. */
export class StandingClock implements Clock {
  readonly speed: number;
  readonly #clock: Clock;
  #stands = false;
  readonly #held: (() => void)[] = [];

  constructor(speed: number) {
    this.speed = speed;
    this.#clock = wallClock(speed);
  }

  now(): number {
    return this.#clock.now();
  }

  after(milliseconds: number, action: () => void): () => void {
    let cancelled = false;
    const cancel = this.#clock.after(milliseconds, () => {
      if (!this.#stands) action();
      else this.#held.push(() => cancelled || action());
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  stop(): void {
    this.#stands = true;
  }

  goOn(): void {
    this.#stands = false;
    for (const action of this.#held.splice(0)) action();
  }
}

export interface PracticeWorld {
  readonly connection: Connection;
  readonly stage: Stage;
  readonly clock: StandingClock;
  close(): Promise<void>;
}

/** Starts a practice cluster on which time can stand still. */
export async function startPracticeWorld(): Promise<PracticeWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'oncall-conformance-'));
  const clock = new StandingClock(speed);
  const practice = await startPractice({
    ...{ directory, speed, clock },
    report: (message) => console.log(`The practice cluster says: ${message}`),
  });
  const ended = new AbortController();
  const stage = practice.stage(ended.signal);
  return {
    connection: await connectionOfPractice(practice.kubernetes.kubeconfig),
    stage: { ...stage, clock },
    clock,
    async close() {
      clock.goOn();
      ended.abort();
      await practice.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The practice cluster writes its kubeconfig as YAML. */
async function connectionOfPractice(kubeconfig: string): Promise<Connection> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: { token: string } }[];
  };
  const cluster = clusters[0]?.cluster ?? {};
  return {
    server: cluster['server'] ?? '',
    ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString(),
    token: users[0]?.user.token ?? '',
  };
}
