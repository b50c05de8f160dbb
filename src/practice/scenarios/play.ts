/** Plays a scenario: sets the shop up, waits until it is healthy, breaks it, waits until it shows, raises the alarm. */
import { setTimeout as delay } from 'node:timers/promises';
import { claims, jobs } from '../api-groups.ts';
import { KubeError } from '../client.ts';
import type { KubeClient, Selection } from '../client.ts';
import type { Clock } from '../clock.ts';
import { namespaces, services } from '../objects.ts';
import type { KubeObject, PodSpec, Resource, Service } from '../objects.ts';
import { payloadOf } from './alarm.ts';
import type { AlertEvent, Tool } from './alarm.ts';
import { takesMachine } from '../neighbours.ts';
import { bringBack, drainNodes, placementOf, stopNode } from './machines.ts';
import type { Machines, Placement } from './machines.ts';
import type { Deed, Manifest, Scenario } from './scenario.ts';
import { isHealthy, kindsOf, readState } from './state.ts';
import type { State } from './state.ts';

export type { Machines };

/** Where a scenario is played. */
export interface Stage {
  readonly client: KubeClient;
  /** The cluster's own time: a practice cluster's is faster. */
  readonly clock: Clock;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
  /** The simulated machines, where there are any. */
  readonly machines?: Machines;
  /** Puts pods onto simulated machines, where there are real ones beside them. */
  readonly placement?: Placement;
  /** Puts pods onto simulated machines that can be taken away without harm to other scenarios; where absent, any will do. */
  readonly expendable?: Placement;
  /** Changes what is sent to the cluster, where its images go by other names. Called for whole objects and for patches. */
  readonly rewrite?: <T extends object>(part: T, what: 'object' | 'patch') => T;
}

/** Hands the alert to whatever pages people. */
export type Raise = (event: AlertEvent) => Promise<void>;

/**
 * Plays a scenario up to its alarm. A scenario that was played before starts again from its healthy objects.
 * @throws the signal's reason where it aborts first, saying what was waited for; KubeError where the cluster refuses a step
 */
export async function play(scenario: Scenario, stage: Stage, raise: Raise): Promise<void> {
  await setUp(scenario, stage);
  await raise(eventOf(scenario, await breakIt(scenario, stage)));
}

/**
 * The event with which a monitoring tool pages somebody.
 * @param options `cluster`: what the tool calls the cluster that it watches
 */
export function eventOf(
  scenario: Scenario,
  state: State,
  { tool = scenario.tool, cluster = 'practice' }: { tool?: Tool; cluster?: string } = {},
): AlertEvent {
  return {
    event_action: 'trigger',
    dedup_key: `practice/${scenario.namespace}/${scenario.name}`,
    payload: payloadOf(tool, scenario.alarm(state), cluster),
  };
}

/** Does the damage and waits until it shows. */
export async function breakIt(scenario: Scenario, stage: Stage): Promise<State> {
  for (const breakage of scenario.breakage) {
    const { afterSeconds = 0 } = breakage;
    if (afterSeconds > 0) await pause(stage, afterSeconds);
    await carryOut(scenario, stage, breakage);
  }
  return until(scenario, stage, scenario.symptom, 'to be broken');
}

/** Does one deed as somebody would have done it. */
export async function carryOut(scenario: Scenario, stage: Stage, deed: Deed): Promise<void> {
  const { client, signal, machines } = stage;
  const { namespace } = scenario;
  switch (deed.deed) {
    case 'patch':
      await client.patch(
        deed.resource,
        deed.resource.namespaced ? namespace : undefined,
        deed.name,
        stage.rewrite?.(deed.patch, 'patch') ?? deed.patch,
        {
          type: deed.type,
          signal,
        },
      );
      return;
    case 'create':
      await put(stage, placed(scenario, stage, deed.manifest(namespace)));
      return;
    case 'delete':
      await remove(stage, deed.resource, namespace, deed.name);
      return;
    case 'stop the node':
      stopNode(await readState(client, scenario), stage);
      return;
    case 'restart the nodes':
      machines?.restart();
      return;
    case 'drain the nodes':
      await drainNodes(await readState(client, scenario), stage);
  }
}

/** Creates or restores the healthy objects and waits until they are up. */
export async function setUp(scenario: Scenario, stage: Stage): Promise<void> {
  const { client } = stage;
  const { namespace } = scenario;
  if (takesMachine(scenario)) await bringBack(scenario, stage);
  await createIfMissing(client, namespaces, { metadata: { name: namespace } });
  for (const deed of [...scenario.breakage, ...scenario.fixes.flatMap(({ deeds }) => deeds)]) {
    if (deed.deed !== 'create') continue;
    const { resource, object } = deed.manifest(namespace);
    await remove(stage, resource, namespace, object.metadata.name ?? '');
  }
  for (const each of scenario.healthy(namespace)) await put(stage, placed(scenario, stage, each));
  await until(scenario, stage, scenario.isUp ?? isHealthy, 'to be healthy');
}

/** Whether the incident is over and was put right as it should be. One look: judge over a settle window, not by this alone. */
export async function healed(scenario: Scenario, client: KubeClient): Promise<boolean> {
  return scenario.solved(await readState(client, scenario));
}

/**
 * Whether the incident is over, and stays over for the settle window.
 * @returns false where it is not within the stage's patience, or comes back
 */
export async function settles(scenario: Scenario, stage: Stage): Promise<boolean> {
  const window = (scenario.settleSeconds * 1000) / stage.clock.speed;
  for (;;) {
    try {
      await until(scenario, stage, scenario.solved, 'to be solved');
    } catch (error) {
      if (stage.signal.aborted) return false;
      throw error;
    }
    const calm = AbortSignal.timeout(window);
    try {
      await until(
        scenario,
        { ...stage, signal: AbortSignal.any([stage.signal, calm]) },
        (state) => !scenario.solved(state),
        'to come back',
      );
    } catch (error) {
      if (calm.aborted) return true;
      if (stage.signal.aborted) return false;
      throw error;
    }
  }
}

function pause({ clock, signal }: Stage, seconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(seconds * 1000, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      reject(signal.reason as Error);
    });
  });
}

/**
 * Waits by watch until a scenario's workload is in some state.
 * @param what for the error: `to be healed`
 * @throws Error where the signal aborts first
 */
export async function until(
  scenario: Scenario,
  { client, signal }: Pick<Stage, 'client' | 'signal'>,
  condition: (state: State) => boolean,
  what: string,
): Promise<State> {
  const { namespace, workload } = scenario;
  const watching = new AbortController();
  const either = AbortSignal.any([signal, watching.signal]);
  let wake: () => void = () => undefined;
  let changed = false;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  signal.addEventListener('abort', onChange, { once: true });
  const watches = kindsOf(scenario).map((resource) => {
    const selection: Selection = resource.namespaced ? { namespace } : {};
    return client.watch(resource, selection, onChange, either);
  });
  try {
    for (;;) {
      if (signal.aborted) {
        throw new Error(`Gave up waiting for ${namespace}/${workload} ${what}`, { cause: signal.reason });
      }
      changed = false;
      const state = await readState(client, scenario);
      if (condition(state)) return state;
      // A change during the look is a reason to look again at once.
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', onChange);
    watching.abort();
    await Promise.all(watches);
  }
}

/** Milliseconds between two looks whether an object is gone. */
const pauseBeforeLook = 50;

/** Kinds whose spec cannot be changed: they are made anew. */
const madeAnew: ReadonlySet<string> = new Set([jobs.kind, claims.kind]);

async function put(stage: Stage, { resource, object: wanted }: Manifest): Promise<void> {
  const { client } = stage;
  const object = stage.rewrite?.(wanted, 'object') ?? wanted;
  const { namespace, name = '' } = object.metadata;
  if (madeAnew.has(resource.kind)) await remove(stage, resource, namespace, name);
  for (;;) {
    const before = await client.get(resource, namespace, name);
    if (!before) {
      await createIfMissing(client, resource, object);
      return;
    }
    const { resourceVersion } = before.metadata;
    const replacement = {
      ...(resource.kind === services.kind ? withAddress(before, object) : object),
      metadata: { ...object.metadata, resourceVersion },
    };
    try {
      await client.update(resource, replacement);
      return;
    } catch (error) {
      // Controllers write to it too; the next round starts from what they wrote.
      if (!(error instanceof KubeError && error.status === 409)) throw error;
    }
  }
}

/** Deletes an object with what it owns, and waits until it is gone. */
async function remove(
  { client, signal }: Stage,
  resource: Resource<KubeObject>,
  namespace: string | undefined,
  name: string,
): Promise<void> {
  const place = resource.namespaced ? namespace : undefined;
  await client.delete(resource, place, name, { propagationPolicy: 'Background', signal });
  while (await client.get(resource, place, name, signal)) await delay(pauseBeforeLook, undefined, { signal });
}

/** The object with its pods on a simulated machine, where the scenario needs one and there are others. */
function placed(scenario: Scenario, stage: Stage, each: Manifest): Manifest {
  const placement = placementOf(scenario, stage);
  if (placement === undefined) return each;
  const { spec } = each.object as KubeObject & { spec?: { template?: { spec?: PodSpec } } };
  const pod = spec?.template?.spec;
  if (pod === undefined) return each;
  const tolerations = [...(pod.tolerations ?? []), ...(placement.tolerations ?? [])];
  const template = { ...spec?.template, spec: { ...pod, ...placement, tolerations } };
  return { ...each, object: { ...each.object, spec: { ...spec, template } } as KubeObject };
}

/** A Service keeps the address that it was given: that cannot be changed. */
function withAddress(before: KubeObject, object: KubeObject): KubeObject {
  const { clusterIP, clusterIPs } = (before as Service).spec;
  return { ...object, spec: { ...(object as Service).spec, clusterIP, clusterIPs } } as KubeObject;
}

async function createIfMissing<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
): Promise<void> {
  try {
    await client.create(resource, object);
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
  }
}
