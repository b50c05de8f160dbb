/**
 * What happened in each run, gathered from the records. Views, audit and statistics are read from it.
 * Total: records of unknown types, of unknown runs or about unknown steps are passed over, so any part of a journal folds.
 */
import type { AuditEntry } from '../domain/audit.ts';
import type { Authorship } from '../domain/authorship.ts';
import type { Actor, JournalRecord, RecordData } from '../domain/record.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Mode } from '../domain/decision.ts';
import type { TargetCandidate } from '../domain/incident.ts';
import { interruptionWords, type InterruptionCheck } from '../domain/interruption.ts';
import type { Target } from '../domain/kubernetes.ts';
import type { Step, StepOutcome, StepState, Undo } from '../domain/plan.ts';
import type { Preview } from '../domain/preview.ts';
import type { RunPhase, RunStatus } from '../domain/run.ts';
import type { RunStopper } from '../domain/run-stop.ts';
import {
  sameWishes,
  verificationOutcome,
  type Effect,
  type VerificationOutcome,
} from '../domain/verification.ts';
import { Authors } from './authors.ts';
import { nobodyWaits, settle } from './settle.ts';

/** One version of a step, from its decision to its outcome. An executed version is never replaced, only followed. */
export interface Attempt extends Authorship {
  /** Without a word for it that was said of another command. */
  readonly step: Step;
  /** ISO 8601: when the step was planned or decided anew. */
  readonly decidedAt: string;
  state: StepState;
  /** What last became of it, in words. */
  message: string;
  approvedBy?: Actor;
  execution?: { readonly time: string; readonly data: RecordData['ExecutionStarted']; readonly actor: Actor };
  result?: RecordData['ExecutionFinished'];
  verification?: AuditEntry['verification'];
  dryRun?: { readonly exitCode: number; readonly output: string };
  preview?: Preview;
  check?: InterruptionCheck;
}

/** An execution whose step is not in the journal (a line was lost): it is kept all the same. */
export interface StrayExecution {
  readonly time: string;
  readonly data: RecordData['ExecutionStarted'];
  readonly actor: Actor;
  result?: RecordData['ExecutionFinished'];
  verification?: AuditEntry['verification'];
}

/** One run. */
export interface RunState {
  readonly runId: string;
  readonly incidentId: string;
  /** Absent where the first record of the run was lost. */
  started?: { readonly data: RecordData['RunStarted']; readonly actor: Actor };
  readonly startedAt: string;
  phase: RunPhase;
  endedAt?: string;
  message?: string;
  /** Who or what broke it off, where it did not come to its own end: a person by name. */
  brokenOff?: { readonly by: RunStopper | 'error'; readonly name: string };
  /** Set where it was broken off in the middle of a step: that, and why. */
  interrupted?: string;
  target?: Target;
  targetReason?: string;
  targetDoubt?: string;
  candidates?: readonly TargetCandidate[];
  diagnosis?: Diagnosis;
  /** The latest version of each step by id, in the order of the plan. */
  readonly current: Map<string, Attempt>;
  /** All versions that count: the latest ones and those that were executed. */
  readonly attempts: Attempt[];
  readonly strays: StrayExecution[];
  readonly authors: Authors;
}

/** How a step stands once its verification has ended. */
const stateAfter: Readonly<Record<VerificationOutcome, StepState>> = {
  gone: 'verified',
  'still-there': 'failed',
  'not-seen': 'not-seen',
};

/** How a step stands whose command ended with an error. What it changed is verified next, where that can be. */
const stateAfterError: Readonly<Record<Effect, StepState>> = {
  none: 'failed',
  changed: 'not-seen',
  unknown: 'not-seen',
};

/** Which runs a living process works on. Without it every run counts as live. */
export interface FoldOptions {
  /** Ids of runs that are under way in this process. */
  readonly liveRuns?: ReadonlySet<string>;
}

/** What a run's mode counts as where its first record was lost: the strictest. */
export const unknownMode: Mode = 'plan';

/** All runs, by id, in the order in which they began. */
export function foldRuns(
  records: readonly JournalRecord[],
  options: FoldOptions = {},
): Map<string, RunState> {
  const runs = new Map<string, RunState>();
  for (const record of records) {
    if (record.runId === null) continue;
    let run = runs.get(record.runId);
    if (run === undefined) {
      run = emptyRun(record.runId, record.incidentId ?? '', record.time);
      runs.set(record.runId, run);
    }
    apply(run, record);
  }
  for (const run of runs.values()) settle(run, options.liveRuns);
  return runs;
}

function emptyRun(runId: string, incidentId: string, startedAt: string): RunState {
  return {
    runId,
    incidentId,
    startedAt,
    phase: 'detected',
    current: new Map(),
    attempts: [],
    strays: [],
    authors: new Authors(),
  };
}

function apply(run: RunState, record: JournalRecord): void {
  switch (record.type) {
    case 'RunStarted':
      run.started = { data: record.data, actor: record.actor };
      break;
    case 'TargetResolved':
      run.target = record.data.target;
      run.targetReason = record.data.reason;
      if (record.data.doubt !== undefined) run.targetDoubt = record.data.doubt;
      enter(run, 'investigating');
      break;
    case 'TargetUnclear':
      run.candidates = record.data.candidates;
      enter(run, 'investigating');
      break;
    case 'Diagnosed':
      run.diagnosis = record.data.diagnosis;
      enter(run, 'investigating');
      break;
    case 'Planned':
      // A plan that is made anew takes the place of the one before, but for what was executed of it.
      for (const old of [...run.current.values()]) if (old.execution === undefined) dropAttempt(run, old);
      for (const step of record.data.steps) propose(run, step, record.time);
      enter(run, 'planned');
      break;
    case 'UndoPlanned':
      propose(run, record.data.step, record.time);
      enter(run, 'planned');
      break;
    case 'StepReplaced':
      if (record.data.why === 'edited') run.authors.edit(record);
      addAttempt(run, record.data.step, record.time);
      enter(run, 'planned');
      break;
    case 'InterruptionChecked':
      noteCheck(run, record);
      break;
    case 'RunInterrupted':
      run.interrupted = `Interrupted in the middle of step ${record.data.stepId}: ${record.data.message}`;
      run.brokenOff = { by: record.data.by, name: record.actor.name };
      break;
    case 'RunEnded':
      if (record.data.by !== undefined) run.brokenOff = { by: record.data.by, name: record.actor.name };
      run.phase = endPhase(run, record.data.status);
      run.endedAt = record.time;
      run.message = record.data.message;
      if (record.data.status !== 'awaiting-approval') nobodyWaits(run);
      break;
    case 'ExecutionStarted':
      startExecution(run, record.data, record.time, record.actor);
      break;
    case 'Previewed':
    case 'ApprovalRequested':
    case 'Approved':
    case 'StepSkipped':
    case 'StepRefused':
    case 'DryRunFinished':
    case 'ExecutionFinished':
    case 'VerificationStarted':
    case 'VerificationFinished':
      applyToStep(run, record);
      break;
    default:
      break;
  }
}

type StepRecord = Extract<
  JournalRecord,
  {
    type:
      | 'Previewed'
      | 'ApprovalRequested'
      | 'Approved'
      | 'StepSkipped'
      | 'StepRefused'
      | 'DryRunFinished'
      | 'ExecutionFinished'
      | 'VerificationStarted'
      | 'VerificationFinished';
  }
>;

function applyToStep(run: RunState, record: StepRecord): void {
  const attempt = run.current.get(record.data.stepId);
  if (attempt === undefined) {
    applyToStray(run, record);
    return;
  }
  switch (record.type) {
    case 'Previewed':
      attempt.preview = record.data.preview;
      break;
    case 'ApprovalRequested':
      attempt.state = 'awaiting-approval';
      attempt.message = attempt.step.decision.reason;
      enter(run, 'awaiting approval');
      break;
    case 'Approved':
      attempt.approvedBy = record.actor;
      attempt.state = 'pending';
      attempt.message = `Approved by ${record.actor.name}`;
      enter(run, 'planned');
      break;
    case 'StepSkipped':
    case 'StepRefused':
      attempt.state = record.type === 'StepSkipped' ? 'skipped' : 'refused';
      attempt.message = record.data.reason;
      enter(run, 'planned');
      break;
    case 'DryRunFinished':
      attempt.dryRun = { exitCode: record.data.exitCode, output: record.data.output };
      break;
    case 'ExecutionFinished':
      attempt.result = record.data;
      finishExecution(run, attempt, record.data);
      addEvidence(run, record);
      break;
    case 'VerificationStarted':
      attempt.state = 'verifying';
      attempt.message = attempt.step.verificationText;
      enter(run, 'verifying');
      break;
    case 'VerificationFinished':
      attempt.verification = verificationOf(record.data);
      attempt.state = stateAfter[verificationOutcome(record.data)];
      attempt.message = record.data.message;
      if (record.data.verified) markUndone(run, attempt);
      break;
  }
}

/** What a step was there to read goes on after the evidence of the diagnosis, with an id of its own. */
function addEvidence(run: RunState, record: Extract<JournalRecord, { type: 'ExecutionFinished' }>): void {
  const { diagnosis } = run;
  const { evidence, output } = record.data;
  if (evidence === undefined || diagnosis === undefined) return;
  const numbers = diagnosis.evidence.map(({ id }) => Number(/^e(\d{1,6})$/.exec(id)?.[1] ?? 0));
  const id = `e${Math.max(0, ...numbers) + 1}`;
  const one = { id, ...evidence, detail: output, time: record.time };
  run.diagnosis = { ...diagnosis, evidence: [...diagnosis.evidence, one] };
}

/** A look at the cluster changes nothing of what happened: the step stays interrupted, or not seen. */
function noteCheck(run: RunState, record: Extract<JournalRecord, { type: 'InterruptionChecked' }>): void {
  const { stepId, result, message } = record.data;
  const attempt = run.current.get(stepId);
  if (attempt === undefined) return;
  attempt.check = { result, message, time: record.time, by: record.actor.name };
  if (attempt.state === 'not-seen')
    attempt.message = `Not seen at first, then checked by ${attempt.check.by}: ${interruptionWords(result)}. ${message}`;
}

/** The part of a step's records that is kept although the step itself was lost. */
function applyToStray(run: RunState, record: StepRecord): void {
  const stray = run.strays.findLast((one) => one.data.stepId === record.data.stepId);
  if (stray === undefined) return;
  if (record.type === 'ExecutionFinished') stray.result = record.data;
  if (record.type === 'VerificationFinished') {
    stray.verification = verificationOf(record.data);
  }
}

function verificationOf(data: RecordData['VerificationFinished']): NonNullable<AuditEntry['verification']> {
  const { verified, outcome, message, evidence } = data;
  return {
    verified,
    ...(outcome === undefined ? {} : { outcome }),
    message,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** Where a run stands once it has ended. What could not be seen is not told as what went wrong. */
function endPhase({ current }: RunState, status: RunStatus): RunPhase {
  if (status === 'awaiting-approval') return 'awaiting approval';
  const unseen = status === 'unresolved' && [...current.values()].some(({ state }) => state === 'not-seen');
  return unseen ? 'not seen' : status;
}

function propose(run: RunState, step: Step, time: string): void {
  run.authors.propose(step);
  addAttempt(run, step, time);
}

/** A new version of a step takes the place of the one with its id; one that was executed stays in the list. */
function addAttempt(run: RunState, version: Step, time: string): Attempt {
  const step = run.authors.ownWords(version);
  const old = run.current.get(step.id);
  const attempt: Attempt = {
    step,
    ...run.authors.of(step.id),
    decidedAt: time,
    state: initialState(step),
    message: step.decision.reason,
    ...(old?.dryRun !== undefined && old.step.argvHash === step.argvHash ? { dryRun: old.dryRun } : {}),
    ...(old?.preview?.argvHash === step.argvHash ? { preview: old.preview } : {}),
  };
  if (old !== undefined && old.execution === undefined) run.attempts.splice(run.attempts.indexOf(old), 1);
  run.current.set(step.id, attempt);
  run.attempts.push(attempt);
  return attempt;
}

function dropAttempt(run: RunState, attempt: Attempt): void {
  run.current.delete(attempt.step.id);
  run.attempts.splice(run.attempts.indexOf(attempt), 1);
}

function initialState(step: Step): StepState {
  switch (step.decision.outcome) {
    case 'preview':
      return 'previewed';
    case 'skip':
      return 'skipped';
    case 'refuse':
      return 'refused';
    default:
      return 'pending';
  }
}

function startExecution(
  run: RunState,
  data: RecordData['ExecutionStarted'],
  time: string,
  actor: Actor,
): void {
  enter(run, 'executing');
  let attempt = run.current.get(data.stepId);
  if (attempt === undefined) {
    run.strays.push({ time, data, actor });
    return;
  }
  if (attempt.execution !== undefined) {
    const approvedBy = attempt.approvedBy;
    attempt = addAttempt(run, attempt.step, time);
    if (approvedBy !== undefined) attempt.approvedBy = approvedBy;
  }
  attempt.execution = { time, data, actor };
  attempt.state = 'executing';
  attempt.message = 'The command is running';
}

function finishExecution(run: RunState, attempt: Attempt, data: RecordData['ExecutionFinished']): void {
  // Nobody saw it end by itself: that it failed is not known.
  if (data.cancelled === true) return;
  if (data.exitCode !== 0 || data.error !== undefined) {
    attempt.state = data.effect === undefined ? 'failed' : stateAfterError[data.effect];
    attempt.message = data.error ?? `The command ended with exit code ${data.exitCode}`;
    return;
  }
  if (needsVerification(attempt.step)) {
    attempt.state = 'verifying';
    attempt.message = attempt.step.verificationText;
    enter(run, 'verifying');
    return;
  }
  attempt.state = 'done';
  attempt.message = 'The command succeeded';
  markUndone(run, attempt);
}

/** Whether a step is only over once its effect was seen. */
export function needsVerification(step: Pick<Step, 'risk' | 'verification'>): boolean {
  return step.risk.mutates && step.verification.type !== 'none';
}

/** A successful undo changes what became of the step that it took back. */
function markUndone(run: RunState, undo: Attempt): void {
  if (undo.step.undoes === undefined) return;
  const original = run.current.get(undo.step.undoes);
  if (original === undefined) return;
  original.state = 'undone';
  original.message = `Undone: ${undo.step.command}`;
}

/** Goes on to a phase; a run that had ended is under way again. */
function enter(run: RunState, phase: RunPhase): void {
  run.phase = phase;
  delete run.endedAt;
  delete run.message;
  delete run.brokenOff;
  delete run.interrupted;
}

/** Why there is nothing to take back of what an attempt did, although there may be a way; undefined where there is. */
export function whyNoUndo({ execution, result, state }: Attempt): StepOutcome['noUndo'] {
  if (result === undefined) return execution === undefined ? undefined : 'not-seen';
  const { after, effect, error } = result;
  if (effect === 'none') return 'nothing-changed';
  if (after === undefined) return error === undefined && state !== 'not-seen' ? undefined : 'not-seen';
  return error !== undefined && sameWishes(execution?.data.wishes, after) ? 'nothing-changed' : undefined;
}

/** The way back that was kept for an attempt: worked out right before the deed, or else when it was planned. */
export function undoOfAttempt(attempt: Attempt): Undo | undefined {
  return attempt.execution?.data.undo ?? attempt.step.undo;
}

/** How the command of an attempt came about. */
export function authorshipOf({ proposed, edits }: Attempt): Authorship {
  return { ...(proposed === undefined ? {} : { proposed }), ...(edits === undefined ? {} : { edits }) };
}
