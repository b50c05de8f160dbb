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
import type { RunPolicy } from './run-policy.ts';
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
  /** How long what it did may take to show, and has to stay. */
  readonly verification: Pick<RunPolicy['verification'], 'timeoutSeconds' | 'settleSeconds'>;
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

/** How long is waited at least for the condition of the step, and for a cluster that does not answer, in seconds. */
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
      ? await afterTheCommand(question, step, started.data, lastHeardOf(records.slice(begun), stepId))
      : await duringTheCommand(question, step, started.data, started.time);
  } catch (error) {
    question.signal.throwIfAborted();
    return { result: 'unknown', message: `It could not be seen: ${told(error)}` };
  }
}

/** When the journal last told of a step: of its command's end, or that the cluster could not be read. */
function lastHeardOf(records: readonly JournalRecord[], stepId: string): string {
  return (
    records.findLast(
      ({ type, data }) =>
        (type === 'ExecutionFinished' || type === 'VerificationFinished') && data.stepId === stepId,
    )?.time ?? ''
  );
}

/** The command had ended: left to tell is whether it ended what it was to end. */
async function afterTheCommand(
  question: InterruptionQuestion,
  step: StepView,
  started: RecordData['ExecutionStarted'],
  since: string,
): Promise<InterruptionFinding> {
  const { timeoutSeconds, settleSeconds } = question.verification;
  const { outcome, message } = await look(question, step, started);
  const until = new Date(Date.parse(since) + (timeoutSeconds + settleSeconds) * 1000);
  switch (outcome) {
    case 'gone':
      return { result: 'took-effect', message };
    case 'still-there':
      return until > question.now()
        ? {
            result: 'unknown',
            message: `So far: ${message}. What it did may take until ${until.toISOString()} to show. Check again then`,
          }
        : {
            result: 'no-effect',
            message: `The command had ${step.outcome?.exitCode === 0 ? 'succeeded' : 'ended'}, but: ${message}`,
          };
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
  { cluster, signal, clock, verification }: InterruptionQuestion,
  step: StepView,
  { before }: RecordData['ExecutionStarted'],
): Promise<VerificationResult> {
  return verify({
    cluster,
    verification: step.verification,
    before,
    // It may be just now that the cluster answers again.
    timeoutSeconds: Math.max(patienceSeconds, verification.settleSeconds),
    settleSeconds: 0,
    patienceSeconds,
    signal,
    findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
    ...(step.finding === undefined ? {} : { finding: step.finding }),
    ...(clock === undefined ? {} : { clock }),
  });
}
