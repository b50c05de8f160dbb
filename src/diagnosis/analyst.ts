/** The face of an analyst: whatever turns evidence into a cause and remedies. */
import type { ActionProposal } from '../domain/action.ts';
import type { Evidence, EvidenceGap, Finding, Hypothesis } from '../domain/diagnosis.ts';
import type { Alert } from '../domain/incident.ts';
import type { Target } from '../domain/kubernetes.ts';

/** What is known before anybody thinks about it. All text is redacted. */
export interface Investigation {
  readonly alert: Alert;
  readonly target: Target;
  readonly evidence: readonly Evidence[];
  readonly gaps: readonly EvidenceGap[];
  readonly findings: readonly Finding[];
}

/** What an analyst makes of it. */
export interface Analysis {
  readonly summary: string;
  /** Empty when not known. */
  readonly rootCause: string;
  readonly hypotheses: readonly Hypothesis[];
  readonly proposals: readonly ActionProposal[];
}

export interface Analyst {
  readonly engine: 'claude' | 'builtin';
  /**
   * @param onText receives partial text while the analysis goes on
   * @throws OncallError (`claude-failed`, `cancelled`) that says what to do
   */
  analyse(
    investigation: Investigation,
    options: { signal: AbortSignal; onText?: (text: string) => void },
  ): Promise<Analysis>;
}
