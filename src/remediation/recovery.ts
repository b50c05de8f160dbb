/**
 * What became of a step that a crash or a reload interrupted, or whose effect could not be seen: told by looking at the cluster.
 * Nothing is run again.
 */
import type { Cluster } from '../cluster/cluster.ts';
import { findingPresent } from '../diagnosis/finding-present.ts';
import { canBeChecked, type InterruptionResult } from '../domain/interruption.ts';
import { OncallError } from '../domain/error.ts';
import type { JournalRecord, RecordData } from '../domain/record.ts';
import type { RunView, StepView } from '../domain/run.ts';
import { told } from '../domain/redaction/told.ts';
import type { Journal } from '../journal/journal.ts';
import { runView } from '../journal/runs.ts';
import type { Clock } from './clock.ts';
import { compare } from './effect.ts';
import { verify, type VerificationResult } from './verify.ts';

/** What a look found. */
export interface InterruptionFinding {
  readonly result: InterruptionResult;
  readonly message: string;
}

export interface InterruptionQuestion {
  readonly cluster: Cluster;
  /** The run as its records show it, with what is in doubt marked as such. */
  readonly run: RunView;
  /** The records of the run. */
  readonly records: readonly JournalRecord[];
  readonly stepId: string;
  /** How long a command may take; one that outlived us may still be at work until then. */
  readonly commandTimeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** What is asked about a step in a journal. */
export interface InterruptedStep extends Omit<InterruptionQuestion, 'run' | 'records'> {
  readonly journal: Journal;
  readonly runId: string;
  /** Who asks. */
  readonly user: string;
  /** The runs that go on in this process: nothing of them is interrupted. */
  readonly live: ReadonlySet<string>;
}

/**
 * Looks, and keeps the answer in the journal.
 * @throws OncallError what {@link checkInterruption} throws, `journal-unwritable`
 */
export async function checkInterrupted(step: InterruptedStep): Promise<InterruptionFinding> {
  const { journal, runId, stepId, user, live } = step;
  const records = await journal.recordsOf(runId);
  const run = runView(records, runId, { liveRuns: live });
  if (run === undefined)
    throw new OncallError(
      'run-unknown',
      `There is no run ${runId} in the journal`,
      'Open the audit log and pick a run there.',
    );
  const found = await checkInterruption({ ...step, run, records });
  await journal.append({
    ...{ runId, incidentId: run.incidentId, actor: { type: 'user', name: user } },
    type: 'InterruptionChecked',
    data: { stepId, ...found },
  });
  return found;
}

/** How long is waited for the condition of the step, in seconds: it holds by now, or something is wrong. */
const patienceSeconds = 5;

/**
 * Looks at what the step touched, at its condition and at the finding that it was to end.
 * @throws OncallError `run-unknown` where what became of the step is known, `cancelled`
 */
export async function checkInterruption(question: InterruptionQuestion): Promise<InterruptionFinding> {
  const { run, records, stepId } = question;
  const step = run.steps.find((one) => one.id === stepId);
  const begun = records.findLastIndex((one) => one.type === 'ExecutionStarted' && one.data.stepId === stepId);
  const started = records[begun];
  if (step === undefined || !canBeChecked(step.state) || started?.type !== 'ExecutionStarted')
    throw new OncallError(
      'run-unknown',
      `What became of step ${stepId} of run ${run.runId} is not in doubt`,
      'Open the run and look at its steps.',
    );
  const finished = records
    .slice(begun)
    .some(
      (one) =>
        one.type === 'ExecutionFinished' &&
        one.data.stepId === stepId &&
        one.data.cancelled !== true &&
        one.data.effect !== 'unknown',
    );
  try {
    return finished
      ? await afterTheCommand(question, step, started.data)
      : await duringTheCommand(question, step, started.data, started.time);
  } catch (error) {
    question.signal.throwIfAborted();
    return { result: 'unknown', message: `It could not be seen: ${told(error)}` };
  }
}

/** The command had succeeded: left to tell is whether it ended what it was to end. */
async function afterTheCommand(
  question: InterruptionQuestion,
  step: StepView,
  started: RecordData['ExecutionStarted'],
): Promise<InterruptionFinding> {
  const { outcome, message } = await look(question, step, started);
  switch (outcome) {
    case 'gone':
      return { result: 'took-effect', message };
    case 'still-there':
      return { result: 'no-effect', message: `The command had succeeded, but: ${message}` };
    case 'not-seen':
      return { result: 'unknown', message };
  }
}

/** Nobody saw the command end. */
async function duringTheCommand(
  question: InterruptionQuestion,
  step: StepView,
  started: RecordData['ExecutionStarted'],
  startedAt: string,
): Promise<InterruptionFinding> {
  const { cluster, signal } = question;
  const { found, why } = await compare(cluster, step, started.before, started.wishes ?? [], signal);
  if (found === 'unchanged') {
    const until = new Date(Date.parse(startedAt) + question.commandTimeoutSeconds * 1000);
    return until > question.now()
      ? {
          result: 'unknown',
          message: `${why} so far, and the command may be at work until ${until.toISOString()}. Check again then`,
        }
      : { result: 'no-effect', message: why };
  }
  if (step.verification.type === 'none') return { result: 'unknown', message: why };
  const { outcome, message } = await look(question, step, started);
  const verified = outcome === 'gone';
  if (found === 'changed')
    return verified
      ? { result: 'took-effect', message }
      : { result: 'unknown', message: `${why}, by the command or by somebody else, and: ${message}` };
  return {
    result: 'unknown',
    message: verified ? `${why}. What it was to end is over: ${message}` : `${why}: ${message}`,
  };
}

/** The condition of the step and its finding, now. */
function look(
  { cluster, signal, clock }: InterruptionQuestion,
  step: StepView,
  { before }: RecordData['ExecutionStarted'],
): Promise<VerificationResult> {
  return verify({
    cluster,
    verification: step.verification,
    before,
    timeoutSeconds: patienceSeconds,
    settleSeconds: 0,
    patienceSeconds,
    signal,
    findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
    ...(step.finding === undefined ? {} : { finding: step.finding }),
    ...(clock === undefined ? {} : { clock }),
  });
}
