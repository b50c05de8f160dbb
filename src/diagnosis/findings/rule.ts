/** The face of a finding's rule. */
import type { Evidence, FindingName } from '../../domain/diagnosis.ts';
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import { refOf, type ContainerOfPod } from '../pods.ts';
import type { ClusterState, StateWith } from '../snapshot.ts';
import type { SurroundingName } from '../surroundings.ts';

export type EvidenceDraft = Omit<Evidence, 'id'>;

/** A finding before its evidence is numbered. */
export interface FindingDraft {
  readonly name: FindingName;
  readonly target: ObjectRef;
  /** See `Finding.alsoAbout`. */
  readonly alsoAbout?: readonly ObjectRef[];
  readonly summary: string;
  readonly evidence: readonly EvidenceDraft[];
  /** Containers whose logs, and whose pods' events, belong to it. */
  readonly containers?: readonly ContainerOfPod[];
  /** Further pods whose events belong to it. */
  readonly pods?: readonly KubeObject[];
}

/** Pure: the same rule diagnoses, and tells later whether the finding is gone. It sees of the surroundings what `N` names. */
export type FindingRule<N extends SurroundingName = never> = (state: StateWith<N>) => FindingDraft[];

/** A rule with what has to be read to judge by it. */
export interface DeclaredRule {
  readonly needs: readonly SurroundingName[];
  readonly find: (state: ClusterState) => FindingDraft[];
}

/** Declares what a rule looks at. One that looks at more does not compile: its finding would be taken for gone where that was not read. */
export function declared<N extends SurroundingName = never>(
  find: FindingRule<NoInfer<N>>,
  ...needs: readonly N[]
): DeclaredRule {
  return { needs, find };
}

/** Evidence that is a field of an object. */
export function fieldEvidence(
  object: KubeObject,
  path: string,
  summary: string,
  value: unknown,
  time?: string,
): EvidenceDraft {
  return {
    source: { type: 'object', ref: refOf(object), path },
    summary,
    detail: typeof value === 'string' ? value : JSON.stringify(value, undefined, 2),
    ...(time === undefined ? {} : { time }),
  };
}

/** How many containers a finding shows as evidence; more would say the same. */
export const shownContainers = 3;

/** `2 of 3 pods of checkout`. */
export function podCount(affected: number, all: number, workload: KubeObject): string {
  return workload.kind === 'Pod'
    ? `Pod ${workload.metadata.name}`
    : `${affected} of ${all} pods of ${workload.metadata.name}`;
}
