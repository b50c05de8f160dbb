/** The face of a built-in remedy: from a finding to concrete actions, or to what is only suspected. */
import type { GroundedProposal } from '../../domain/action.ts';
import type { Evidence, Finding, Hypothesis } from '../../domain/diagnosis.ts';
import { sameRef, type ObjectRef } from '../../domain/kubernetes.ts';
import type { Snapshot } from '../snapshot.ts';

export interface RemedyContext {
  readonly snapshot: Snapshot;
  readonly finding: Finding;
  /** All evidence of the investigation, to be cited by id. */
  readonly evidence: readonly Evidence[];
}

export interface Remedy {
  /** One sentence, empty where the finding is known but its cause is not. */
  readonly cause: string;
  readonly proposals: readonly GroundedProposal[];
  readonly hypotheses: readonly Hypothesis[];
}

/** Pure. */
export type RemedyRule = (context: RemedyContext) => Remedy;

/** Ids of the finding's evidence and of what further objects say of themselves. */
export function cite({ finding, evidence }: RemedyContext, ...about: readonly ObjectRef[]): string[] {
  const further = evidence
    .filter(({ source }) => source.type === 'object' && about.some((ref) => sameRef(ref, source.ref)))
    .map(({ id }) => id);
  return [...new Set([...finding.evidence, ...further])];
}

/** No remedy, but something to tell. */
export function onlySuspected(
  context: RemedyContext,
  cause: string,
  ...statements: readonly string[]
): Remedy {
  return {
    cause,
    proposals: [],
    hypotheses: statements.map((statement) => ({ statement, evidence: context.finding.evidence })),
  };
}

/** What could not be read lowers what may be claimed. */
export function claimed(confidence: number, { snapshot }: RemedyContext): number {
  return snapshot.gaps.length === 0 ? confidence : confidence - 0.05;
}
