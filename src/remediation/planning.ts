/** From proposals to steps: command, risk, confidence, decision, verification, undo. Pure. */
import type { ActionCall, ActionProposal } from '../domain/action.ts';
import type { Proposer } from '../domain/authorship.ts';
import type { Decision } from '../domain/decision.ts';
import type { Finding, Provenance } from '../domain/diagnosis.ts';
import { sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { ConfidencePart, GitOpsMark, ManifestChange, Step, Undo, Verification } from '../domain/plan.ts';
import { redactTree } from '../domain/redaction.ts';
import type { RiskAssessment, RiskRule } from '../domain/risk.ts';
import { argvHash } from '../kubectl/hash.ts';
import { quoteWords } from '../kubectl/words.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { answers, commandOf, targetOf, undoOf, verificationOf } from './actions/catalogue.ts';
import { describeVerification } from './verification-text.ts';

/** Where the run happens, as far as an assessment depends on it. */
export interface AssessmentScope {
  readonly rules: readonly RiskRule[];
  readonly defaultNamespace: string;
  readonly context: string;
}

/** What everything about a step but its decision is made of. */
export interface StepDraft {
  readonly id: string;
  readonly call: ActionCall;
  readonly argv?: readonly string[];
  /** What was written is no command that may run: its text, and what was said of it. */
  readonly written?: { readonly text: string; readonly risk: RiskAssessment };
  readonly confidence: number;
  readonly confidenceParts: readonly ConfidencePart[];
  readonly rationale: string;
  readonly grounds: Provenance;
  readonly objection: string | undefined;
  readonly said?: string;
  readonly evidence: readonly string[];
  readonly finding?: Step['finding'];
  readonly verification?: Verification;
  readonly undo?: Undo;
  readonly undoes?: string;
  readonly proposedBy?: Proposer;
  readonly editedBy?: string;
  readonly gitops?: GitOpsMark;
  readonly manifestChange?: ManifestChange;
  readonly basis?: Step['basis'];
}

/** A step that nobody has decided yet. */
export type UndecidedStep = Omit<Step, 'decision'>;

/** The finding that justifies an action: one that the action answers, on the object it is about. */
export function justification(call: ActionCall, findings: readonly Finding[]): Finding | undefined {
  // Scaling to 0 ends nothing, whatever was found.
  if (call.action === 'scale_deployment' && call.parameters.replicas === 0) return undefined;
  const target = targetOf(call);
  const candidates = findings.filter((finding) =>
    [finding.target, ...(finding.alsoAbout ?? [])].some((object) => relates(object, target)),
  );
  return (
    candidates.find((finding) => answers[call.action].includes(finding.name)) ??
    (call.action === 'custom_command' ? candidates[0] : undefined)
  );
}

/** A pod belongs to the workload whose name it starts with; all else must be the same object. */
function relates(finding: ObjectRef, target: ObjectRef): boolean {
  if (sameRef(finding, target)) return true;
  return (
    target.kind === 'Pod' &&
    finding.namespace === target.namespace &&
    target.name.startsWith(`${finding.name}-`)
  );
}

/** Assesses a draft and words it for people. */
export function draftStep(draft: StepDraft, scope: AssessmentScope): UndecidedStep {
  const argv = draft.argv ?? commandOf(draft.call);
  const risk = withoutCredentials(draft.written?.risk ?? assessCommand(argv, scope));
  const verification = draft.verification ?? naturalVerification(draft.call, risk);
  return {
    id: draft.id,
    action: draft.call.action,
    parameters: draft.call.parameters,
    argv,
    command: draft.written?.text ?? quoteWords(argv),
    argvHash: argvHash(argv),
    risk,
    confidence: draft.confidence,
    confidenceParts: draft.confidenceParts,
    rationale: draft.rationale,
    grounds: draft.grounds,
    ...(draft.objection === undefined ? {} : { objection: draft.objection }),
    ...(draft.said === undefined ? {} : { said: draft.said }),
    evidence: draft.evidence,
    verification,
    verificationText: describeVerification(verification),
    ...(draft.finding === undefined ? {} : { finding: draft.finding }),
    ...(draft.undo === undefined ? {} : { undo: draft.undo }),
    ...(draft.undoes === undefined ? {} : { undoes: draft.undoes }),
    ...(draft.proposedBy === undefined ? {} : { proposedBy: draft.proposedBy }),
    ...(draft.editedBy === undefined ? {} : { editedBy: draft.editedBy }),
    ...(draft.gitops === undefined ? {} : { gitops: draft.gitops }),
    ...(draft.manifestChange === undefined ? {} : { manifestChange: draft.manifestChange }),
    ...(draft.basis === undefined ? {} : { basis: draft.basis }),
  };
}

/** Why a command is rejected may quote its words, which are anybody's. */
function withoutCredentials(risk: RiskAssessment): RiskAssessment {
  if (!risk.rejected) return risk;
  const shown = redactTree(risk.argv);
  const reason = risk.argv.reduce((text, word, index) => {
    const instead = shown[index] ?? '';
    if (instead === word) return text;
    const value = word.slice(word.indexOf('=') + 1);
    return text.replaceAll(word, instead).replaceAll(value, redactedPart(instead));
  }, risk.reason);
  return { ...risk, reason };
}

/** What stands behind a flag. */
function redactedPart(word: string): string {
  return word.slice(word.indexOf('=') + 1);
}

/** A command of its own is judged by what it changes, not by what its author says it is about. */
function naturalVerification(call: ActionCall, risk: RiskAssessment): Verification {
  if (call.action !== 'custom_command') return verificationOf(call);
  const target = risk.targets[0];
  return risk.mutates && target !== undefined ? verificationFor(target) : { type: 'none' };
}

/** The step with its decision. */
export function decided(step: UndecidedStep | Step, decision: Decision): Step {
  return { ...step, decision };
}

/** The way back for an action, given the touched objects as they are now. */
export function undoFor(call: ActionCall, before: readonly KubeObject[]): Undo | undefined {
  const undo = undoOf(call, before);
  return undo && { argv: undo.argv, command: quoteWords(undo.argv), summary: undo.summary };
}

/** What a decision about a step depends on that is kept with it. Deny by default: a step that does not say what it rests on counts as written. */
export function groundsOf(step: Pick<Step, 'grounds' | 'objection'>): {
  readonly grounds: Provenance;
  readonly objection: string | undefined;
} {
  return { grounds: step.grounds ?? 'written', objection: step.objection };
}

/** The call of a step, put together again. */
export function callOf(step: Pick<Step, 'action' | 'parameters'>): ActionCall {
  return { action: step.action, parameters: step.parameters } as ActionCall;
}

/**
 * A step whose command a person changed. It stays the same action where verb and objects stay the same
 * (so its undo, which restores what was, still fits); otherwise it is a command of its own. What was said for the proposed
 * command is not said for this one. Changed back to the letter it is the proposal again.
 * @param proposed the step as it was proposed
 * @param by who wrote the command
 */
export function editedStep(
  proposed: Step,
  argv: readonly string[],
  by: string,
  scope: AssessmentScope,
): UndecidedStep {
  const step = proposed;
  const risk: RiskAssessment = assessCommand(argv, scope);
  if (argvHash(argv) === step.argvHash) return { ...step, risk };
  const target = risk.targets[0] ?? targetOf(callOf(step));
  const sameAction =
    risk.commandType === step.risk.commandType &&
    risk.targets.length === step.risk.targets.length &&
    risk.targets.every((one, index) => {
      const other = step.risk.targets[index];
      return other !== undefined && sameRef(one, other);
    });
  return draftStep(
    {
      id: step.id,
      call: sameAction ? callOf(step) : { action: 'custom_command', parameters: { argv: [...argv], target } },
      argv,
      confidence: step.confidence,
      confidenceParts: [],
      rationale: '',
      evidence: [],
      ...groundsOf(step),
      editedBy: by,
      ...(step.proposedBy === undefined ? {} : { proposedBy: step.proposedBy }),
      verification: risk.mutates ? verificationFor(target) : { type: 'none' },
      ...(step.finding === undefined ? {} : { finding: step.finding }),
      ...(sameAction && step.undo !== undefined ? { undo: step.undo } : {}),
      ...(sameAction && step.basis !== undefined ? { basis: step.basis } : {}),
    },
    scope,
  );
}

/** What shows that a change of an object took hold, where no action of the catalogue says it better. */
export function verificationFor(target: ObjectRef): Verification {
  switch (target.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return { type: 'rollout', target };
    case 'Service':
      return { type: 'endpoints', target };
    case 'Pod':
      return { type: 'pod-replaced', target };
    default:
      return { type: 'none' };
  }
}

/** The call inside a proposal, without what the analyst says about it. */
export function proposedCall(proposal: ActionProposal): ActionCall {
  return { action: proposal.action, parameters: proposal.parameters } as ActionCall;
}

/** What a person wrote always takes an approval. */
export function byHand({ editedBy }: Pick<Step, 'editedBy'>, decision: Decision): Decision {
  return editedBy !== undefined && decision.outcome === 'execute'
    ? { outcome: 'ask', reason: 'Edited by hand: it runs once you approve the new command' }
    : decision;
}
