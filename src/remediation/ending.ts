/** How a run ends: its last record, and the result that is read from all of them. */
import { isOncallError } from '../domain/error.ts';
import type { StepState } from '../domain/plan.ts';
import type { Actor } from '../domain/record.ts';
import { told } from '../domain/redaction/told.ts';
import type { RemediationResult, RunStatus, StepView } from '../domain/run.ts';
import { RunStop, stopperOf, stopWords, type RunStopper } from '../domain/run-stop.ts';
import { runView } from '../journal/runs.ts';
import type { RunContext, StepRunner } from './step-runner.ts';

/**
 * Ends a run that did not come to its own end, and says who or what ended it. In the middle of a step it says no more than
 * that, and the step's outcome stays unknown, unless a person stopped it, who knows.
 * @throws OncallError `journal-unwritable` where that was the reason
 */
export async function breakOff(
  context: RunContext,
  runner: StepRunner,
  error: unknown,
): Promise<RemediationResult> {
  const { by, status, message } = endingOf(context, error);
  const { inFlight, system } = runner;
  const actor: Actor = by === 'person' ? { type: 'user', name: context.user } : system;
  const keep = async () => {
    if (inFlight !== undefined && by !== 'person') {
      const why = by === 'error' ? message : stopWords[by];
      await runner.record(actor, 'RunInterrupted', { stepId: inFlight, by, message: why });
    } else await runner.record(actor, 'RunEnded', { status, message, by });
  };
  if (isOncallError(error) && error.code === 'journal-unwritable') {
    await keep().catch(() => undefined);
    throw error;
  }
  await keep();
  return resultOf(context, status, message);
}

interface Ending {
  readonly by: RunStopper | 'error';
  readonly status: RunStatus;
  readonly message: string;
}

function endingOf({ signal, user }: RunContext, error: unknown): Ending {
  const code = isOncallError(error) ? error.code : undefined;
  if (code === 'journal-unwritable' || (code !== 'cancelled' && !signal.aborted))
    return { by: 'error', status: 'unresolved', message: told(error) };
  const by = signal.aborted ? stopperOf(signal) : error instanceof RunStop ? error.stopper : 'caller';
  const message = by === 'person' ? `Stopped by ${user}` : `Stopped before it was finished: ${stopWords[by]}`;
  return { by, status: 'stopped', message };
}

/** Closes the run in the journal. */
export async function end(
  context: RunContext,
  runner: StepRunner,
  status: RunStatus,
  message: string,
): Promise<RemediationResult> {
  await runner.record(runner.system, 'RunEnded', { status, message });
  return resultOf(context, status, message);
}

/** Words the result from the records, the only source there is. */
async function resultOf(context: RunContext, status: RunStatus, message: string): Promise<RemediationResult> {
  const view = runView(await context.journal.recordsOf(context.runId), context.runId, {
    liveRuns: new Set(),
  });
  const steps = view?.steps ?? [];
  const attempted = steps.filter((step) => attemptedStates.has(step.state));
  const successful = steps.filter((step) => step.state === 'verified' || step.state === 'done');
  return {
    runId: context.runId,
    incidentId: context.incidentId,
    status,
    diagnosis: view?.diagnosis ?? nothingDiagnosed(message),
    plan: { steps },
    ...(view?.target !== undefined || view?.candidates === undefined ? {} : { candidates: view.candidates }),
    executionResults: {
      actionsAttempted: attempted.length,
      actionsSuccessful: successful.length,
      actionsFailed: steps.filter((step) => step.state === 'failed').length,
      actionsSkipped: steps.length - attempted.length,
      results: steps.map((step: StepView) => ({
        stepId: step.id,
        state: step.state,
        message: step.outcome?.message ?? step.decision.reason,
      })),
    },
  };
}

/** What becomes of a step whose command was started. */
const attemptedStates: ReadonlySet<StepState> = new Set<StepState>([
  'verified',
  'done',
  'failed',
  'undone',
  'interrupted',
  'not-seen',
]);

function nothingDiagnosed(summary: string): RemediationResult['diagnosis'] {
  return {
    summary,
    rootCause: '',
    findings: [],
    hypotheses: [],
    engine: 'builtin',
    notes: [],
    evidence: [],
    gaps: [],
  };
}
