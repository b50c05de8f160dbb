/** What was read of the cluster for one incident: plain data, redacted, and enough to judge and to judge again. */
import type { EvidenceGap } from '../domain/diagnosis.ts';
import type { KubeObject, Target } from '../domain/kubernetes.ts';
import type { Means } from './sources/means.ts';
import type { SurroundingName, Surroundings } from './surroundings.ts';

/** A Service with what stands behind it. */
export interface ServiceView {
  readonly service: KubeObject;
  /** Addresses of its Endpoints. Undefined where they could not be read. */
  readonly endpoints: { readonly ready: number; readonly notReady: number } | undefined;
  /** How many pods its selector matches; counted up to a handful. Undefined where they could not be read. */
  readonly selected: number | undefined;
}

/** The objects that decide whether a finding holds, whichever it is. */
export interface CoreState {
  readonly target: Target;
  /** ISO 8601, by this machine's clock. */
  readonly takenAt: string;
  /** The target's object, a Service too; undefined where it does not exist or could not be read. */
  readonly object: KubeObject | undefined;
  /** The workload that the findings are about: the target, or what stands (or should stand) behind a Service. */
  readonly workload: KubeObject | undefined;
  /** A Deployment's, newest revision first. */
  readonly replicaSets: readonly KubeObject[];
  /** The workload's pods, those on their way out included. */
  readonly pods: readonly KubeObject[];
  readonly services: readonly ServiceView[];
  /** Deployments of the namespace, where a Service selects no pod: one of them may be meant. */
  readonly neighbours: readonly KubeObject[];
}

/** The state as far as a rule sees it: of the surroundings only what it says that it needs. What was not read cannot be asked for. */
export interface StateWith<N extends SurroundingName> extends CoreState {
  readonly surroundings: Pick<Surroundings, N>;
}

/** All of it. */
export interface ClusterState extends CoreState {
  /** Autoscalers, claims, Ingresses, rights and whatever else can be behind it. */
  readonly surroundings: Surroundings;
}

export interface LogExcerpt {
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** The last lines, redacted. */
  readonly text: string;
}

export interface Snapshot extends ClusterState {
  /** Newest first. */
  readonly events: readonly KubeObject[];
  readonly logs: readonly LogExcerpt[];
  /** Allocatable memory of the nodes that run pods which were killed for memory, bytes. */
  readonly nodeMemory: Readonly<Record<string, number>>;
  /** What only remedies need. */
  readonly means: Means;
  readonly gaps: readonly EvidenceGap[];
}
