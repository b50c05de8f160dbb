/** What the rest of the product may ask of a cluster. Reading only: changes go through a transport. */
import type { AccountRef, Right } from './access.ts';
import type { KubeObject, ObjectMeta, ObjectRef } from '../domain/kubernetes.ts';

/** Narrows a list or a watch; the API server does the filtering. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** At most this many objects (lists only). */
  readonly limit?: number;
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container's last terminated instance. */
  readonly previous?: boolean;
  readonly tailLines: number;
}

/** Who holds a remediation lock. */
export interface LockHolder {
  readonly holder: string;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601: when it is free at the latest, unless it is renewed. */
  readonly until?: string;
}

/**
 * One cluster through one pinned kubeconfig context.
 * Every call throws an {@link OncallError} (`cluster-unreachable`, `cluster-unauthorized`, `cluster-forbidden`) that names the object it was about.
 */
export interface Cluster {
  /** The pinned context's name. */
  readonly context: string;
  /** Absolute path of the kubeconfig that holds it; kubectl is given the same. */
  readonly kubeconfig: string;
  /** The API server's address, for people. */
  readonly server: string;
  /** Checks that the API server answers and knows us; returns its version, such as `v1.36.2`. */
  check(signal?: AbortSignal): Promise<string>;
  /** One object, or undefined where it does not exist. */
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject | undefined>;
  /** One object's metadata without anything else of it, or undefined where it does not exist. */
  metadata(ref: ObjectRef, signal?: AbortSignal): Promise<ObjectMeta | undefined>;
  /** `kind` in PascalCase. Each object carries its `kind`. */
  list(kind: string, selection: Selection, signal?: AbortSignal): Promise<KubeObject[]>;
  logs(request: LogRequest, signal?: AbortSignal): Promise<string>;
  /**
   * Whether a ServiceAccount may do something in its own namespace, as the API server itself says; undefined where it does not
   * know for sure. Absent from a cluster that cannot be asked.
   */
  accountMay?(account: AccountRef, right: Right, signal?: AbortSignal): Promise<boolean | undefined>;
  /**
   * Calls `onChange` with all objects of the selection, first with what there is and then after every change,
   * until `signal` aborts (then it resolves). Resumes by itself after a disconnect and after 410 Gone.
   */
  watch(
    kind: string,
    selection: Selection,
    onChange: (objects: readonly KubeObject[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Takes the Lease `name` in `namespace` for `holder`, or says who has it. An expired one is taken over.
   * @param seconds how long the lock lives without renewal
   * @param automatic whether it is for a step that runs without a person; false where absent
   */
  acquireLock(
    namespace: string,
    name: string,
    holder: string,
    seconds: number,
    automatic?: boolean,
  ): Promise<{ acquired: true } | { acquired: false; by: LockHolder }>;
  /**
   * Holds the Lease `name`, which `holder` took, for `seconds` more. It is never taken back: where somebody else has it now, or
   * nobody, it was lost.
   */
  renewLock(
    namespace: string,
    name: string,
    holder: string,
    seconds: number,
  ): Promise<{ renewed: true } | { renewed: false; by?: LockHolder }>;
  /** Releases a Lease that `holder` holds; anything else is left alone. */
  releaseLock(namespace: string, name: string, holder: string): Promise<void>;
}
