/** The face of an analyst: whatever turns evidence into a cause and remedies. */
import type { GroundedProposal, Proposal } from '../domain/action.ts';
import type { AnalysisUsage, SentRequest } from '../domain/analysis.ts';
import type { Evidence, EvidenceGap, Finding, Hypothesis } from '../domain/diagnosis.ts';
import type { Alert } from '../domain/incident.ts';
import type { Target } from '../domain/kubernetes.ts';
import type { ReadableCluster } from './read.ts';

/** What is known before anybody thinks about it. All text is redacted. */
export interface Investigation {
  readonly alert: Alert;
  readonly target: Target;
  readonly evidence: readonly Evidence[];
  readonly gaps: readonly EvidenceGap[];
  readonly findings: readonly Finding[];
  /** What the built-in rules propose. */
  readonly remedies?: readonly KnownRemedy[];
  /** The runbooks that fit, as evidence that may be cited. The person's own team wrote them; they are data all the same. */
  readonly runbooks?: readonly Evidence[];
}

/** A remedy of the built-in rules, as an analyst is told of it. */
export interface KnownRemedy {
  /** `r1`, `r2`, …: an objection names it. */
  readonly id: string;
  readonly action: string;
  readonly parameters: unknown;
  readonly rationale: string;
}

/** What an analyst has against a remedy of the built-in rules. */
export interface Objection {
  /** The id of the remedy. */
  readonly remedy: string;
  readonly reason: string;
  /** Ids of the evidence that speaks against it. */
  readonly evidence: readonly string[];
}

/** What an analyst makes of it. */
export interface Analysis {
  readonly summary: string;
  /** Empty when not known. */
  readonly rootCause: string;
  readonly hypotheses: readonly Hypothesis[];
  readonly proposals: readonly Proposal[];
  readonly objections?: readonly Objection[];
  /** What the analyst read beside what it was given; its ids go on where those of the investigation end. */
  readonly evidence?: readonly Evidence[];
  /** What people must know of how the analysis came about: `Claude had to stop reading: …`. */
  readonly notes?: readonly string[];
}

/** An analysis whose every proposal is an action that can be carried out. */
export interface ConcreteAnalysis extends Analysis {
  readonly proposals: readonly GroundedProposal[];
}

export interface AnalysisOptions {
  readonly signal: AbortSignal;
  /** Where the analyst may read more; without it, what was collected has to do. */
  readonly reading?: Reading;
  /** What is going on, in words. */
  readonly onProgress?: (message: string) => void;
  /** Receives partial text while the analysis goes on. */
  readonly onText?: (text: string) => void;
  /** Receives what has been used up, after every change. */
  readonly onUsage?: (usage: AnalysisUsage) => void;
  /** Receives every request to a model when it leaves, to the letter. */
  readonly onSent?: (request: SentRequest) => void;
}

/** The cluster as an analyst may read it. */
export interface Reading {
  /** The pinned cluster, through which no credential gets out. */
  readonly cluster: ReadableCluster;
  /** The namespaces that may be read beside the target's own. */
  readonly namespaces: readonly string[];
}

export interface Analyst {
  readonly engine: 'claude' | 'builtin';
  /** @throws OncallError (`claude-failed`, `cancelled`) that says what to do */
  analyse(investigation: Investigation, options: AnalysisOptions): Promise<Analysis>;
}
