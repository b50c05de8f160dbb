/** What a scenario is: healthy objects, a change that breaks them, and how to tell broken from healed. */
import type { PatchType } from '../client.ts';
import type { Configuration, Deployment, KubeObject, Resource, Service } from '../objects.ts';
import type { State } from './state.ts';

/** One object to create, at its place in the API. */
export interface Manifest<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly object: T;
}

/** The objects that scenarios are made of. */
export type AnyManifest = Manifest<Deployment> | Manifest<Service> | Manifest<Configuration>;

/** A change to one object, as somebody would have made it. */
export interface Change {
  readonly resource: Resource<KubeObject>;
  readonly name: string;
  readonly type: PatchType;
  readonly patch: object;
}

/** An event of PagerDuty's Events API v2, all but the routing key. */
export interface AlertEvent {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details: unknown;
  };
}

/** A scenario knows nothing of the cluster that it is played on. To play it elsewhere: `{ ...scenario, namespace }`. */
export interface Scenario {
  readonly number: number;
  readonly name: string;
  /** For people: what is wrong, in one line. */
  readonly title: string;
  readonly namespace: string;
  /** The Deployment at the centre, and the Service in front of it: both have this name. */
  readonly workload: string;
  readonly healthy: (namespace: string) => readonly AnyManifest[];
  /** Made one after another once everything is healthy. */
  readonly breakage: readonly Change[];
  /** Whether the damage shows. */
  readonly symptom: (state: State) => boolean;
  /** What a monitoring tool says of it, in the form of that tool. */
  readonly alert: (state: State) => AlertEvent['payload'];
  /** Whether it was put right, and not by removing what made the trouble visible (a probe, a limit, the workload). */
  readonly solved: (state: State) => boolean;
}
