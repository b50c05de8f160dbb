/** Plays a scenario: sets the shop up, waits until it is healthy, breaks it, waits until it shows, raises the alarm. */
import { KubeError } from '../client.ts';
import type { KubeClient, Selection } from '../client.ts';
import { deployments, endpoints, namespaces, pods, services } from '../objects.ts';
import type { KubeObject, Resource, Service } from '../objects.ts';
import type { AlertEvent, AnyManifest, Manifest, Scenario } from './scenario.ts';
import { isHealthy, readState } from './state.ts';
import type { State } from './state.ts';

export interface Stage {
  readonly client: KubeClient;
  /** Hands the alert to whatever pages people. */
  readonly raise: (event: AlertEvent) => Promise<void>;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
}

/**
 * Plays a scenario up to its alarm. A scenario that was played before starts again from its healthy objects.
 * @throws the signal's reason where it aborts first, saying what was waited for; KubeError where the cluster refuses a step
 */
export async function play(scenario: Scenario, { client, raise, signal }: Stage): Promise<void> {
  await setUp(scenario, client, signal);
  for (const { resource, name, type, patch } of scenario.breakage) {
    await client.patch(resource, scenario.namespace, name, patch, { type, signal });
  }
  const state = await until(scenario, client, scenario.symptom, signal, 'to be broken');
  await raise({
    event_action: 'trigger',
    dedup_key: `practice/${scenario.namespace}/${scenario.name}`,
    payload: scenario.alert(state),
  });
}

/** Creates or restores the healthy objects and waits until they are up. */
export async function setUp(scenario: Scenario, client: KubeClient, signal: AbortSignal): Promise<void> {
  await createIfMissing(client, namespaces, { metadata: { name: scenario.namespace } });
  for (const manifest of scenario.healthy(scenario.namespace)) await put(client, manifest);
  await until(scenario, client, isHealthy, signal, 'to be healthy');
}

/** Whether the incident is over and was put right as it should be. One look: judge over a settle window, not by this alone. */
export async function healed(scenario: Scenario, client: KubeClient): Promise<boolean> {
  return scenario.solved(await readState(client, scenario.namespace, scenario.workload));
}

/**
 * Waits by watch until a scenario's workload is in some state.
 * @param what for the error: `to be healed`
 * @throws Error where the signal aborts first
 */
export async function until(
  scenario: Scenario,
  client: KubeClient,
  condition: (state: State) => boolean,
  signal: AbortSignal,
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
  const selection: Selection = { namespace };
  const watches = [
    client.watch(deployments, selection, onChange, either),
    client.watch(pods, selection, onChange, either),
    client.watch(services, selection, onChange, either),
    client.watch(endpoints, selection, onChange, either),
  ];
  try {
    for (;;) {
      if (signal.aborted) {
        throw new Error(`Gave up waiting for ${namespace}/${workload} ${what}`, { cause: signal.reason });
      }
      changed = false;
      const state = await readState(client, namespace, workload);
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

function put(client: KubeClient, manifest: AnyManifest): Promise<void> {
  return createOrReplace(client, manifest as Manifest);
}

async function createOrReplace(client: KubeClient, { resource, object }: Manifest): Promise<void> {
  const { namespace, name = '' } = object.metadata;
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
