/** What became of a step that a crash or a reload interrupted: told by looking at the cluster. Nothing is run again. */
import type { Cluster } from '../cluster/cluster.ts';
import { findingPresent } from '../diagnosis/finding-present.ts';
import type { InterruptionResult } from '../domain/interruption.ts';
import { describeRef, sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import { explain, OncallError } from '../domain/error.ts';
import type { JournalRecord, RecordData } from '../domain/record.ts';
import type { RunView, StepView } from '../domain/run.ts';
import type { Journal } from '../journal/journal.ts';
import { runView } from '../journal/runs.ts';
import type { Clock } from './clock.ts';
import { asksFor } from './spec-hash.ts';
import { verify } from './verify.ts';

/** What a look found. */
export interface InterruptionFinding {
  readonly result: InterruptionResult;
  readonly message: string;
}

export interface InterruptionQuestion {
  readonly cluster: Cluster;
  /** The run as its records show it, with what was interrupted marked as such. */
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

/** Commands after which the object that they are about asks for something else. */
const changesItsObject = new Set([
  'patch',
  'scale',
  'rollout',
  'set',
  'cordon',
  'uncordon',
  'drain',
  'taint',
]);

/**
 * Looks at what the step touched, at its condition and at the finding that it was to end.
 * @throws OncallError `run-unknown` where the step is not an interrupted one, `cancelled`
 */
export async function checkInterruption(question: InterruptionQuestion): Promise<InterruptionFinding> {
  const { run, records, stepId } = question;
  const step = run.steps.find((one) => one.id === stepId);
  const begun = records.findLastIndex((one) => one.type === 'ExecutionStarted' && one.data.stepId === stepId);
  const started = records[begun];
  if (step?.state !== 'interrupted' || started?.type !== 'ExecutionStarted')
    throw new OncallError(
      'run-unknown',
      `Step ${stepId} of run ${run.runId} is not an interrupted one`,
      'Open the run and look at its steps.',
    );
  const finished = records
    .slice(begun)
    .some((one) => one.type === 'ExecutionFinished' && one.data.stepId === stepId);
  try {
    return finished
      ? await afterTheCommand(question, step, started.data)
      : await duringTheCommand(question, step, started.data, started.time);
  } catch (error) {
    question.signal.throwIfAborted();
    return { result: 'unknown', message: `It could not be seen: ${explain(error)}` };
  }
}

/** The command had succeeded: left to tell is whether it ended what it was to end. */
async function afterTheCommand(
  question: InterruptionQuestion,
  step: StepView,
  started: RecordData['ExecutionStarted'],
): Promise<InterruptionFinding> {
  const { verified, message } = await look(question, step, started);
  return verified
    ? { result: 'took-effect', message }
    : { result: 'no-effect', message: `The command had succeeded, but: ${message}` };
}

/** Nobody saw the command end. */
async function duringTheCommand(
  question: InterruptionQuestion,
  step: StepView,
  started: RecordData['ExecutionStarted'],
  startedAt: string,
): Promise<InterruptionFinding> {
  const { found, why } = await compare(question, step, started);
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
  const { verified, message } = await look(question, step, started);
  if (found === 'changed')
    return verified
      ? { result: 'took-effect', message }
      : { result: 'unknown', message: `${why}, by the command or by somebody else, and: ${message}` };
  return {
    result: 'unknown',
    message: verified ? `${why}. What it was to end is over: ${message}` : `${why}: ${message}`,
  };
}

interface Comparison {
  readonly found: 'changed' | 'unchanged' | 'unclear';
  readonly why: string;
}

/** The touched objects as they were kept before the deed, and as they are. */
async function compare(
  { cluster, signal }: InterruptionQuestion,
  step: StepView,
  { before, wishes = [] }: RecordData['ExecutionStarted'],
): Promise<Comparison> {
  const made = 'target' in step.verification ? step.verification.target : undefined;
  if (made !== undefined && !before.some((object) => sameRef(refOf(object), made))) {
    const exists = (await cluster.get(made, signal)) !== undefined;
    return exists
      ? { found: 'changed', why: `${describeRef(made)} exists` }
      : { found: 'unchanged', why: `${describeRef(made)} does not exist` };
  }
  if (before.length === 0)
    return { found: 'unclear', why: 'What the command was to change was not read before it' };
  for (const object of before) {
    const ref = refOf(object);
    const now = await cluster.get(ref, signal);
    const change = changeOf(object, now, wishes.find((one) => sameRef(one.ref, ref))?.specHash);
    if (change !== undefined) return { found: 'changed', why: `${describeRef(ref)} ${change}` };
  }
  const names = before.map((object) => describeRef(refOf(object))).join(', ');
  // A label, a process in a container: what is asked for may stay the same although such a command has run.
  return step.action === 'custom_command' && !changesItsObject.has(step.risk.commandType.split(' ')[0] ?? '')
    ? { found: 'unclear', why: `${names} would not show what such a command does` }
    : { found: 'unchanged', why: `${names} is as it was before` };
}

/** In what an object differs, or undefined. */
function changeOf(
  before: KubeObject,
  now: KubeObject | undefined,
  wish: string | undefined,
): string | undefined {
  if (now === undefined) return 'is gone';
  if (now.metadata.uid !== before.metadata.uid) return 'is another one now';
  if (now.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined)
    return 'is being deleted';
  return wish !== undefined && !asksFor(now, wish) ? 'was changed' : undefined;
}

/** The condition of the step and its finding, now. */
function look(
  { cluster, signal, clock }: InterruptionQuestion,
  step: StepView,
  { before }: RecordData['ExecutionStarted'],
): Promise<{ verified: boolean; message: string }> {
  return verify({
    cluster,
    verification: step.verification,
    before,
    timeoutSeconds: patienceSeconds,
    settleSeconds: 0,
    signal,
    findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
    ...(step.finding === undefined ? {} : { finding: step.finding }),
    ...(clock === undefined ? {} : { clock }),
  });
}

function refOf({ kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
