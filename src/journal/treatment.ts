/**
 * What each field of a record is, so that a credential is looked for where text came from outside, and nowhere else. A field
 * that is added to a record, or to anything that a record holds, does not compile until this table says what it is.
 */
import type { RecordData, RecordType } from '../domain/record.ts';

export type Kind =
  /** An identifier, a number, a command: by it things are found again. */
  | 'exact'
  /** What the product says itself. What it quotes was redacted before it was put in. */
  | 'own'
  /** Written by others: redacted here, whatever was done to it before. */
  | 'outside'
  /** An object as the API server sent it. */
  | 'object';

type Leaf = string | number | boolean | null | undefined;
type KeyOf<T> = T extends unknown ? keyof T : never;
type Member<T, K extends PropertyKey> = T extends { readonly [Key in K]?: infer V } ? V : never;

/** The kind of a value as a whole, or of each of its members; a list is treated as its elements are. */
export type Treatment<T> =
  | Kind
  | ([T] extends [Leaf]
      ? never
      : [NonNullable<T>] extends [readonly (infer Item)[]]
        ? Treatment<Item>
        : { readonly [Key in KeyOf<NonNullable<T>>]-?: Treatment<Member<NonNullable<T>, Key>> });

type Of<T extends RecordType, K extends keyof RecordData[T]> = NonNullable<RecordData[T][K]>;

const candidates: Treatment<Of<'TargetUnclear', 'candidates'>> = { target: 'exact', reason: 'own' };

const source: Treatment<Of<'Diagnosed', 'diagnosis'>['evidence'][number]['source']> = {
  ...{ type: 'exact', ref: 'exact', path: 'exact', container: 'exact', previous: 'exact' },
  ...{ labelSelector: 'exact', fieldSelector: 'exact', line: 'exact', what: 'exact', id: 'exact' },
  ...{ verb: 'exact', resource: 'exact', group: 'exact', reason: 'outside', url: 'outside' },
};

const diagnosis: Treatment<Of<'Diagnosed', 'diagnosis'>> = {
  summary: 'own',
  rootCause: 'own',
  findings: { name: 'exact', target: 'exact', alsoAbout: 'exact', summary: 'own', evidence: 'exact' },
  hypotheses: { statement: 'own', evidence: 'exact' },
  engine: 'exact',
  notes: 'own',
  evidence: { id: 'exact', source, summary: 'own', detail: 'outside', time: 'exact' },
  gaps: { what: 'own', reason: 'own' },
  proposals: {
    ...{ action: 'exact', parameters: 'exact', rationale: 'own' },
    ...{ claimedConfidence: 'exact', evidence: 'exact', modelOnly: 'exact' },
    ...{ grounds: 'exact', said: 'outside', objection: 'own' },
  },
  runbooks: {
    ...{ evidence: 'exact', title: 'outside', path: 'exact', line: 'exact', why: 'own' },
    commands: {
      ...{ text: 'outside', heading: 'outside', line: 'exact', evidence: 'exact', unfilled: 'own' },
    },
  },
};

const step: Treatment<Of<'StepReplaced', 'step'>> = {
  ...{
    id: 'exact',
    action: 'exact',
    parameters: 'exact',
    argv: 'exact',
    command: 'exact',
    argvHash: 'exact',
  },
  risk: {
    ...{
      riskLevel: 'exact',
      commandType: 'exact',
      affectsAll: 'exact',
      forbidden: 'exact',
      rejected: 'exact',
    },
    ...{ mutates: 'exact', sensitive: 'exact', reversible: 'exact', targets: 'exact', argv: 'exact' },
    reason: 'own',
  },
  confidence: 'exact',
  confidenceParts: { label: 'own', value: 'exact' },
  decision: { outcome: 'exact', reason: 'own', typeToConfirm: 'exact' },
  grounds: 'exact',
  proposedBy: 'exact',
  editedBy: 'outside',
  rationale: 'own',
  said: 'outside',
  objection: 'own',
  evidence: 'exact',
  finding: 'exact',
  verification: { type: 'exact', target: 'exact', replicas: 'exact', specHash: 'exact', was: 'object' },
  verificationText: 'own',
  undo: { argv: 'exact', command: 'exact', summary: 'own' },
  gitops: { tool: 'exact', owner: 'outside', object: 'exact', mark: 'exact', source: 'outside' },
  manifestChange: { diff: 'outside', from: 'exact' },
  undoes: 'exact',
  independent: 'exact',
  outcome: {
    ...{ state: 'exact', message: 'own', exitCode: 'exact', durationMs: 'exact' },
    ...{ output: 'outside', evidence: 'own', noUndo: 'exact', verification: 'exact' },
  },
  basis: 'exact',
};

const preview: Treatment<Of<'Previewed', 'preview'>> = {
  argvHash: 'exact',
  rehearsal: { state: 'exact', message: 'own', next: 'own', reason: 'own' },
  changes: { ref: 'exact', diff: 'outside' },
  reach: 'exact',
  basis: 'exact',
  gaps: 'own',
};

/** By the type of the record. */
export const treatments: { readonly [T in RecordType]: Treatment<RecordData[T]> } = {
  RunStarted: {
    alert: { id: 'exact', title: 'outside', service: 'outside', urgency: 'outside' },
    mode: 'exact',
    context: 'exact',
  },
  TargetResolved: { target: 'exact', reason: 'own', doubt: 'own' },
  TargetUnclear: { candidates, reason: 'own' },
  Diagnosed: { diagnosis },
  Planned: { steps: step, causes: 'exact' },
  ChangeAnnounced: { stepId: 'exact', context: 'exact', causes: 'exact' },
  ChangeWithdrawn: { stepId: 'exact', reason: 'own' },
  HandedOver: 'exact',
  StepReplaced: { step, why: 'own' },
  Previewed: { stepId: 'exact', preview },
  ApprovalRequested: { stepId: 'exact' },
  Approved: { stepId: 'exact', argvHash: 'exact', typedName: 'exact' },
  StepSkipped: { stepId: 'exact', reason: 'own' },
  StepRefused: { stepId: 'exact', reason: 'own' },
  DryRunFinished: { stepId: 'exact', exitCode: 'exact', output: 'outside' },
  ExecutionStarted: {
    ...{ stepId: 'exact', argv: 'exact', context: 'exact', namespace: 'exact', transport: 'exact' },
    ...{ tool: 'exact', fallback: 'own', automatic: 'exact', before: 'object', wishes: 'exact' },
    undo: { argv: 'exact', command: 'exact', summary: 'own' },
  },
  ExecutionFinished: {
    ...{ stepId: 'exact', exitCode: 'exact', durationMs: 'exact', output: 'outside', error: 'own' },
    ...{ cancelled: 'exact', effect: 'exact', after: 'exact', evidence: { source, summary: 'own' } },
  },
  VerificationStarted: { stepId: 'exact' },
  VerificationFinished: {
    stepId: 'exact',
    verified: 'exact',
    outcome: 'exact',
    message: 'own',
    evidence: 'own',
  },
  InterruptionChecked: { stepId: 'exact', result: 'exact', message: 'own' },
  UndoPlanned: { step },
  RunInterrupted: { stepId: 'exact', by: 'exact', message: 'own' },
  RunEnded: { status: 'exact', message: 'own', by: 'exact' },
  JournalLost: { files: 'exact' },
  BreakerReset: { was: 'exact' },
  AutomationStopped: 'exact',
  AutomationResumed: 'exact',
  WriteBackWanted: { id: 'exact', kind: 'exact', to: 'exact', window: 'exact' },
  WriteBackTaken: { id: 'exact', window: 'exact' },
  WriteBackDone: { id: 'exact', kind: 'exact', outcome: 'exact', message: 'own', text: 'own' },
};
