/** A plan: the ordered steps that would end an incident. */
import type { ActionCall } from './action.ts';
import type { Proposer } from './authorship.ts';
import type { Decision } from './decision.ts';
import type { FindingName, Provenance } from './diagnosis.ts';
import type { KubeObject, ObjectRef } from './kubernetes.ts';
import type { RiskAssessment } from './risk.ts';
import type { VerificationOutcome } from './verification.ts';

/** One reason why the confidence is what it is; the parts are shown in order, the last value is what counts. */
export interface ConfidencePart {
  readonly label: string;
  /** The confidence after this part, 0 to 1. */
  readonly value: number;
}

/** When a step counts as verified. Data, so that it can be shown, stored and checked again after a crash. */
export type Verification =
  | { readonly type: 'rollout'; readonly target: ObjectRef }
  | { readonly type: 'replicas'; readonly target: ObjectRef; readonly replicas: number }
  | { readonly type: 'pod-replaced'; readonly target: ObjectRef }
  | { readonly type: 'endpoints'; readonly target: ObjectRef }
  /** Nothing is rolled out: the object is there, and what was wrong with it is gone. */
  | { readonly type: 'exists'; readonly target: ObjectRef }
  | { readonly type: 'autoscaled'; readonly target: ObjectRef }
  | { readonly type: 'job-complete'; readonly target: ObjectRef }
  /** After an undo: the object asks again for what it asked for before. */
  | {
      readonly type: 'restored';
      readonly target: ObjectRef;
      readonly specHash: string;
      /** The object as it was, redacted: to tell what differs where it is not restored. */
      readonly was?: KubeObject;
    }
  /** A reading command: nothing to wait for. */
  | { readonly type: 'none' };

/** The way back, kept before the deed. */
export interface Undo {
  readonly argv: readonly string[];
  readonly command: string;
  readonly summary: string;
}

/** Something outside the cluster applies an object: what is changed beside it there does not last. */
export interface GitOpsMark {
  readonly tool: 'Argo CD' | 'Flux' | 'Helm';
  /** The application, Kustomization, HelmRelease or release; empty where the object does not name it. */
  readonly owner: string;
  readonly object: ObjectRef;
  /** The label or annotation that says so. */
  readonly mark: string;
  /** Where the manifest comes from, as far as the object tells. */
  readonly source?: {
    readonly repository?: string;
    readonly path?: string;
    readonly revision?: string;
    readonly chart?: string;
  };
}

/** Whether a change beside it is taken back by itself; Helm's lasts until somebody upgrades. */
export function takesBack({ tool }: GitOpsMark): boolean {
  return tool !== 'Helm';
}

/** What to change in Git, in the place of a command. Shown and copied; never applied. */
export interface ManifestChange {
  /** A unified diff of YAML, redacted and bounded. Empty where the manifest says it already and only has to be applied. */
  readonly diff: string;
  /** What the manifest was taken from: what was applied last, or the object in the cluster. */
  readonly from: 'last-applied' | 'live';
}

/** An object that a step touches, as it was when the step was planned. A step never runs by itself over a later change. */
export interface StepBasis {
  readonly ref: ObjectRef;
  /** A fingerprint of what the object asked for. */
  readonly specHash: string;
  readonly uid?: string;
  /** Counts changes of the spec, in kinds that have it: what was changed and put back has another one. */
  readonly generation?: number;
}

export type StepState =
  | 'pending'
  | 'awaiting-approval'
  | 'executing'
  | 'verifying'
  | 'verified'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'previewed'
  | 'refused'
  | 'undone'
  /** It ran, or may have; what came of it could not be seen. */
  | 'not-seen'
  /** Started, and never seen to finish: a crash or a reload came between. */
  | 'interrupted';

/** How a step went. */
export interface StepOutcome {
  readonly state: StepState;
  /** For people: what happened, to which object, what next. */
  readonly message: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Bounded, redacted, without terminal escapes. */
  readonly output?: string;
  /** What was last seen where a verification failed, a line each. Redacted and plain. */
  readonly evidence?: readonly string[];
  /** How its verification ended, unless it is verified. */
  readonly verification?: VerificationOutcome;
  /** Why there is nothing to take back although there is a way. */
  readonly noUndo?: 'nothing-changed' | 'not-seen';
}

/** One action with its command and all that people need to judge it. A contract of the library face. */
export interface Step {
  readonly id: string;
  readonly action: ActionCall['action'];
  readonly parameters: ActionCall['parameters'];
  readonly argv: readonly string[];
  /** `argv` quoted for display; never parsed again. */
  readonly command: string;
  /** SHA-256 over argv; an approval is bound to it. */
  readonly argvHash: string;
  readonly risk: RiskAssessment;
  /** 0 to 1. Of an edited command nobody claims any: there it is only what the decision goes by. */
  readonly confidence: number;
  /** Empty where a person edited the command. */
  readonly confidenceParts: readonly ConfidencePart[];
  readonly decision: Decision;
  /** Empty where a person edited the command. */
  readonly rationale: string;
  /** What the confidence rests on; absent in steps of before this was kept, which then count as written by others. */
  readonly grounds?: Provenance;
  /** What a model says of it beside the built-in rule that proposes it. */
  readonly said?: string;
  /** What a model objects to it, citing evidence that exists; a sentence. */
  readonly objection?: string;
  /** Ids of evidence in the run's diagnosis. */
  readonly evidence: readonly string[];
  /** The finding that justifies the step and must be gone afterwards. */
  readonly finding?: { readonly name: FindingName; readonly target: ObjectRef };
  readonly verification: Verification;
  /** One sentence: what is watched for. */
  readonly verificationText: string;
  readonly undo?: Undo;
  /** Who applies the object that the command changes. */
  readonly gitops?: GitOpsMark;
  readonly manifestChange?: ManifestChange;
  /** Absent in a journal of an earlier version. */
  readonly proposedBy?: Proposer;
  /** Who wrote the command, where it is not the one that was proposed: it never runs without an approval. */
  readonly editedBy?: string;
  /** Set on a step that takes another one back. */
  readonly undoes?: string;
  /** It answers another finding on other objects than every other step: the failure of one of them does not stop it. */
  readonly independent?: boolean;
  readonly outcome?: StepOutcome;
  readonly basis?: readonly StepBasis[];
}

export interface Plan {
  readonly steps: readonly Step[];
}

/** How an action turned out before for the same finding: the prior of its confidence. */
export interface TrackRecord {
  readonly successes: number;
  readonly failures: number;
}
