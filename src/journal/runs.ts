/** Runs as people see them: a fold over the journal. */
import type { StepOutcome } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { RunView, StepView } from '../domain/run.ts';
import { verificationOutcome } from '../domain/verification.ts';
import {
  authorshipOf,
  foldRuns,
  undoOfAttempt,
  unknownMode,
  whyNoUndo,
  type Attempt,
  type FoldOptions,
  type RunState,
} from './run-fold.ts';

/**
 * All runs, newest first.
 * @param options which runs a living process works on: an unfinished execution in any other run is interrupted, any
 * other unfinished run has stopped. Without it every run counts as live
 */
export function runViews(records: readonly JournalRecord[], options: FoldOptions = {}): RunView[] {
  return [...foldRuns(records, options).values()]
    .reverse()
    .map(viewOf)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

/** One run, or undefined where the journal has none of that id. See {@link runViews}. */
export function runView(
  records: readonly JournalRecord[],
  runId: string,
  options: FoldOptions = {},
): RunView | undefined {
  const run = foldRuns(
    records.filter((record) => record.runId === runId),
    options,
  ).get(runId);
  return run && viewOf(run);
}

function viewOf(run: RunState): RunView {
  const start = run.started?.data;
  return {
    runId: run.runId,
    incidentId: run.incidentId,
    title: start?.alert.title ?? run.incidentId,
    ...(start?.alert.service === undefined ? {} : { service: start.alert.service }),
    ...(start?.alert.urgency === undefined ? {} : { urgency: start.alert.urgency }),
    mode: start?.mode ?? unknownMode,
    context: start?.context ?? '',
    phase: run.phase,
    startedAt: run.startedAt,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(run.target === undefined ? {} : { target: run.target }),
    ...(run.targetReason === undefined ? {} : { targetReason: run.targetReason }),
    ...(run.targetDoubt === undefined ? {} : { targetDoubt: run.targetDoubt }),
    ...(run.candidates === undefined ? {} : { candidates: run.candidates }),
    ...(run.diagnosis === undefined ? {} : { diagnosis: run.diagnosis }),
    steps: [...run.current.values()].map(stepView),
    ...(run.message === undefined ? {} : { message: run.message }),
  };
}

function stepView(attempt: Attempt): StepView {
  const undo = undoOfAttempt(attempt);
  const noUndo = whyNoUndo(attempt);
  const outcome: StepOutcome = {
    state: attempt.state,
    message: attempt.message,
    ...(attempt.result === undefined
      ? {}
      : {
          exitCode: attempt.result.exitCode,
          durationMs: attempt.result.durationMs,
          output: attempt.result.output,
        }),
    ...(attempt.verification?.evidence === undefined ? {} : { evidence: attempt.verification.evidence }),
    ...(attempt.verification === undefined || attempt.verification.verified
      ? {}
      : { verification: verificationOutcome(attempt.verification) }),
    ...(noUndo === undefined ? {} : { noUndo }),
  };
  return {
    ...attempt.step,
    ...authorshipOf(attempt),
    ...(undo === undefined ? {} : { undo }),
    state: attempt.state,
    outcome,
    ...(attempt.approvedBy === undefined ? {} : { approvedBy: attempt.approvedBy.name }),
    ...(attempt.dryRun === undefined ? {} : { dryRun: attempt.dryRun }),
    ...(attempt.preview === undefined ? {} : { preview: attempt.preview }),
    ...(attempt.check === undefined ? {} : { interruption: attempt.check }),
  };
}
