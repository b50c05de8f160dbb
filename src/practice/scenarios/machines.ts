/** What scenarios do to machines: one falls silent, all come back, a person empties those that are silent. */
import { conditionOf } from '../conditions.ts';
import { takesMachine } from '../neighbours.ts';
import { nodes, pods } from '../objects.ts';
import type { PodSpec } from '../objects.ts';
import type { Stage } from './play.ts';
import type { Scenario } from './scenario.ts';
import type { State } from './state.ts';

export interface Machines {
  /** The machine falls silent, as if its network had failed. */
  stop(name: string): void;
  /** Every machine that fell silent comes back. */
  restart(): void;
}

/** What puts pods onto machines of one sort. */
export type Placement = Pick<PodSpec, 'nodeSelector' | 'tolerations'>;

/** Where the scenario's pods have to be; undefined where any machine will do. */
export function placementOf(scenario: Scenario, { placement, expendable }: Stage): Placement | undefined {
  if (!scenario.needs.includes('simulated node')) return undefined;
  return takesMachine(scenario) ? (expendable ?? placement) : placement;
}

/**
 * The machine under the first of the workload's pods falls silent.
 * @throws Error where it is not a simulated one
 */
export function stopNode({ pods: all, namespace }: State, { machines }: Stage): void {
  const name = all[0]?.spec.nodeName;
  if (machines === undefined || name === undefined) throw new Error(`${namespace} has no simulated node`);
  machines.stop(name);
}

/** What `kubectl cordon` and `kubectl drain` do to the workload's nodes that are not ready, for its own pods alone. */
export async function drainNodes({ pods: all }: State, { client, signal }: Stage): Promise<void> {
  const used = new Set(all.map(({ spec }) => spec.nodeName));
  const silent = (await client.list(nodes, {}, signal)).filter(
    ({ metadata, status }) =>
      used.has(metadata.name) && conditionOf(status?.conditions, 'Ready')?.status !== 'True',
  );
  for (const { metadata } of silent) {
    const { name = '' } = metadata;
    await client.patch(nodes, undefined, name, { spec: { unschedulable: true } }, { signal });
    for (const { spec, metadata: pod } of all) {
      if (spec.nodeName === name) await client.delete(pods, pod.namespace, pod.name ?? '', { signal });
    }
  }
}

/** The machines that a scenario took away are back, and take pods again. */
export async function bringBack(scenario: Scenario, stage: Stage): Promise<void> {
  const { client, machines, signal } = stage;
  machines?.restart();
  const labels = Object.entries(placementOf(scenario, stage)?.nodeSelector ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  const selection = labels.length === 0 ? {} : { labelSelector: labels.join(',') };
  for (const { metadata, spec } of await client.list(nodes, selection, signal)) {
    if (spec?.unschedulable !== true) continue;
    await client.patch(nodes, undefined, metadata.name ?? '', { spec: { unschedulable: null } }, { signal });
  }
}
