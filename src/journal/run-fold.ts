/**
 * What happened in each run, gathered from the records. Views, audit and statistics are read from it.
 * Total: records of unknown types, of unknown runs or about unknown steps are passed over, so any part of a journal folds.
 */
import type { AuditEntry } from '../domain/audit.ts';
import type { Actor, JournalRecord, RecordData } from '../domain/record.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Mode } from '../domain/decision.ts';
import type { TargetCandidate } from '../domain/incident.ts';
import { interruptionWords, type InterruptionCheck } from '../domain/interruption.ts';
import type { Target } from '../domain/kubernetes.ts';
import type { Step, StepState, Undo } from '../domain/plan.ts';
import type { Preview } from '../domain/preview.ts';
import type { RunPhase } from '../domain/run.ts';

/** One version of a step, from its decision to its outcome. An executed version is never replaced, only followed. */
export interface Attempt {
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
}

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

/** What still waited when its run ended was not run. */
function nobodyWaits(run: RunState): void {
  for (const attempt of run.current.values()) {
    if (attempt.state !== 'awaiting-approval') continue;
    attempt.state = 'skipped';
    attempt.message = 'Not run: the run ended while it waited for approval';
  }
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
      for (const step of record.data.steps) addAttempt(run, step, record.time);
      enter(run, 'planned');
      break;
    case 'StepReplaced':
    case 'UndoPlanned':
      addAttempt(run, record.data.step, record.time);
      enter(run, 'planned');
      break;
    case 'InterruptionChecked':
      noteCheck(run, record);
      break;
    case 'RunEnded':
      run.phase = record.data.status === 'awaiting-approval' ? 'awaiting approval' : record.data.status;
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
      attempt.state = record.data.verified ? 'verified' : 'failed';
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

/** A look at the cluster changes nothing of what happened: the step stays interrupted. */
function noteCheck(run: RunState, record: Extract<JournalRecord, { type: 'InterruptionChecked' }>): void {
  const { stepId, result, message } = record.data;
  const attempt = run.current.get(stepId);
  if (attempt !== undefined) attempt.check = { result, message, time: record.time, by: record.actor.name };
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
  const { verified, message, evidence } = data;
  return { verified, message, ...(evidence === undefined ? {} : { evidence }) };
}

/** A new version of a step takes the place of the one with its id; one that was executed stays in the list. */
function addAttempt(run: RunState, step: Step, time: string): Attempt {
  const old = run.current.get(step.id);
  const attempt: Attempt = {
    step,
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
  if (data.exitCode !== 0 || data.error !== undefined) {
    attempt.state = 'failed';
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
}

function interruptedWords({ state, check }: Attempt): string {
  if (check !== undefined)
    return `Interrupted, then checked by ${check.by}: ${interruptionWords(check.result)}. ${check.message}`;
  return state === 'executing'
    ? 'Interrupted while the command was running: its outcome is unknown. Verify the state of the cluster'
    : 'The command succeeded, but it was not seen whether that ended the incident. Verify the state of the cluster';
}

/** What nobody works on any more and never finished is interrupted; its outcome is unknown. */
function settle(run: RunState, liveRuns: ReadonlySet<string> | undefined): void {
  const ended = run.endedAt !== undefined;
  if (!ended && (liveRuns === undefined || liveRuns.has(run.runId))) return;
  let interrupted = false;
  for (const attempt of run.attempts) {
    if (attempt.state !== 'executing' && attempt.state !== 'verifying') continue;
    attempt.message = interruptedWords(attempt);
    attempt.state = 'interrupted';
    interrupted = true;
  }
  if (ended) return;
  interrupted ||= run.strays.some((stray) => stray.result === undefined);
  run.phase = interrupted ? 'interrupted' : 'stopped';
  run.message = interrupted
    ? 'Interrupted: a step started and was never seen to finish'
    : 'Stopped before it was finished: the window was closed or reloaded';
}

/** The way back that was kept for an attempt: worked out right before the deed, or else when it was planned. */
export function undoOfAttempt(attempt: Attempt): Undo | undefined {
  return attempt.execution?.data.undo ?? attempt.step.undo;
}
