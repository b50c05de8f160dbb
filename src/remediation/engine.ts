/**
 * The engine: takes an alert through a run, record by record. Loaded on first use.
 * Every deed is announced in the journal before it is done; if the journal cannot be written, nothing runs.
 */
import { randomUUID } from 'node:crypto';
import { choiceNames } from '../domain/action.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { isOncallError, OncallError } from '../domain/error.ts';
import type { Alert, IncidentBackground, TargetHint } from '../domain/incident.ts';
import { describeRef, type Target } from '../domain/kubernetes.ts';
import { plain } from '../domain/plain.ts';
import type { Step, StepState } from '../domain/plan.ts';
import type { Actor } from '../domain/record.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import type { RemediationResult, RunStatus, StepView, TargetChooser } from '../domain/run.ts';
import { told } from '../domain/redaction/told.ts';
import { RunStop, stopperOf, stopWords, type RunStopper } from '../domain/run-stop.ts';
import type { Analyst } from '../diagnosis/analyst.ts';
import { choices } from '../diagnosis/choices.ts';
import type { Offer } from '../diagnosis/claude/plan-tool.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { IncidentRun } from '../journal/incident-runs.ts';
import { runView } from '../journal/runs.ts';
import { catalogue } from './actions/catalogue.ts';
import { causesOf } from './causes.ts';
import { planSteps } from './plan-steps.ts';
import { inRunOrder } from './run-order.ts';
import { SameCause } from './same-cause.ts';
import { StepRunner, type RunContext } from './step-runner.ts';
import { findTarget } from './find-target.ts';
import { planUndo } from './undo.ts';
import type { StillThere } from './verify.ts';

export { readSource } from '../diagnosis/reopen.ts';
export { checkInterrupted } from './recovery.ts';

/** What may be proposed, as an analyst is told. */
export const offeredActions: readonly Offer[] = [
  ...Object.values(catalogue).map(({ name, description }) => ({ name, description })),
  ...choiceNames.map((name) => ({ name, description: choices[name].description })),
];

/** One alert to remediate. */
export interface RemediationRequest {
  readonly run: Omit<RunContext, 'runId' | 'incidentId'>;
  readonly runId?: string;
  readonly alert: Alert;
  readonly hints: readonly TargetHint[];
  /** Absent where only the built-in diagnosis is wanted or possible. */
  readonly claude?: Analyst;
  /** What to tell people about the choice of the analyst: `No Anthropic API key is set: …`. */
  readonly analystNote?: string;
  /** Reads the team's runbooks, as their files are now. */
  readonly runbooks?: () => Promise<readonly RunbookFile[]>;
  readonly triggeredBy: Actor;
  /** False: investigate and propose, whatever the mode. */
  readonly remediate: boolean;
  /** Asked where no one object can be told; without it the run ends with the candidates. */
  readonly chooseTarget?: TargetChooser;
  /** What is known around the incident; absent where nobody keeps incidents. */
  readonly background?: IncidentBackground;
}

/** Takes an alert from detection to an outcome. Throws only what makes a run impossible (journal not writable, wrong input). */
export async function remediate(request: RemediationRequest): Promise<RemediationResult> {
  const { alert, triggeredBy } = request;
  const context: RunContext = {
    ...request.run,
    runId: request.runId ?? randomUUID(),
    incidentId: alert.id,
  };
  const runner = new StepRunner(context);
  await runner.record(triggeredBy, 'RunStarted', {
    alert: {
      id: alert.id,
      title: alert.title,
      ...(alert.service === undefined ? {} : { service: alert.service }),
      ...(alert.urgency === undefined ? {} : { urgency: alert.urgency }),
    },
    mode: context.policy().mode,
    context: context.cluster.context,
  });
  try {
    const investigated = await investigate(request, context, runner);
    const { status, message } =
      investigated.diagnosis === undefined
        ? { status: 'unresolved' as const, message: investigated.message }
        : await carryOut(request, context, runner, investigated);
    return status === 'stopped'
      ? await breakOff(context, runner, new RunStop('person'))
      : await end(context, runner, status, message);
  } catch (error) {
    return await breakOff(context, runner, error);
  } finally {
    runner.giveUpTurn();
  }
}

/** Undoes an executed step of an earlier run: a step of its own, decided, run and checked like any other. */
export async function undo(request: {
  readonly run: Omit<RunContext, 'runId' | 'incidentId'>;
  readonly runId: string;
  readonly stepId: string;
  readonly triggeredBy: Actor;
}): Promise<RemediationResult> {
  const records = await request.run.journal.recordsOf(request.runId);
  const view = runView(records, request.runId, { liveRuns: new Set() });
  if (view === undefined)
    throw new OncallError(
      'run-unknown',
      `There is no run ${request.runId} in the journal`,
      'Open the audit log and pick a run there.',
    );
  const context: RunContext = { ...request.run, runId: request.runId, incidentId: view.incidentId };
  const runner = new StepRunner(context);
  if (view.target !== undefined) runner.about(view.target, view.targetDoubt);
  const step = await planUndo(context, records, request.stepId, runner.scope());
  await runner.record(request.triggeredBy, 'UndoPlanned', { step });
  try {
    const state = await runner.run(step);
    if (state === 'stopped') return await breakOff(context, runner, new RunStop('person'));
    if (state === 'not-seen')
      return await end(
        context,
        runner,
        'unresolved',
        'Whether the undo went through could not be seen. Check the cluster',
      );
    if (state !== 'done' && state !== 'verified')
      return await end(context, runner, 'unresolved', 'The undo did not go through');
    return (await isUndo(context, step.id))
      ? await end(context, runner, 'undone', `Step ${request.stepId} was undone`)
      : await end(context, runner, 'unresolved', 'Another command was run in the place of the undo');
  } catch (error) {
    return await breakOff(context, runner, error);
  }
}

/** Whether a step still takes another one back: a person may have made another command of it. */
async function isUndo(context: RunContext, stepId: string): Promise<boolean> {
  const view = runView(await context.journal.recordsOf(context.runId), context.runId);
  return view?.steps.find(({ id }) => id === stepId)?.undoes !== undefined;
}

interface Looked {
  readonly diagnosis: Diagnosis;
  readonly steps: readonly Step[];
  readonly causes: readonly string[];
  /** The run that ended the same trouble meanwhile. */
  readonly overBy?: IncidentRun;
}

type Investigated = Looked | { readonly diagnosis: undefined; readonly message: string };

/** Target, evidence, diagnosis, plan. */
async function investigate(
  request: RemediationRequest,
  context: RunContext,
  runner: StepRunner,
): Promise<Investigated> {
  context.emit({
    type: 'progress',
    runId: context.runId,
    message: 'Finding the object that the alert is about',
  });
  const resolved = await findTarget(context, runner, request.hints, request.chooseTarget);
  if (resolved.target === undefined) return { diagnosis: undefined, message: resolved.message };
  const { target, doubt } = resolved;
  if (request.triggeredBy.type === 'system') await takeTurn(context, runner, target);
  return lookAfterOthers(request, context, runner, target, doubt);
}

/** Looks, waits for the runs of the same cause, and looks again for as long as one of them has ended meanwhile. */
async function lookAfterOthers(
  request: RemediationRequest,
  context: RunContext,
  runner: StepRunner,
  target: Target,
  doubt: string | undefined,
): Promise<Looked> {
  const others = new SameCause(context);
  let overBy: IncidentRun | undefined;
  for (;;) {
    const since = context.now();
    const looked = await look(request, context, runner, target, doubt);
    const found = { ...looked, ...(overBy === undefined ? {} : { overBy }) };
    if (!request.remediate || looked.causes.length === 0 || context.policy().mode !== 'yolo') return found;
    const waited = await others.settle(looked.causes, since);
    if (waited.distrust !== undefined) runner.leaveToPerson(waited.distrust);
    if (waited.go === 'on') return found;
    overBy = waited.overBy ?? overBy;
  }
}

/** Evidence, diagnosis, plan. */
async function look(
  request: RemediationRequest,
  context: RunContext,
  runner: StepRunner,
  target: Target,
  doubt: string | undefined,
): Promise<Looked> {
  runner.looksFrom(context.now());
  const { diagnosis: found } = await diagnose({
    alert: request.alert,
    target,
    cluster: context.cluster,
    signal: context.signal,
    namespaces: context.policy().allowedNamespaces,
    onText: (text) => context.emit({ type: 'analysis', runId: context.runId, text }),
    onUsage: (usage) => context.emit({ type: 'usage', runId: context.runId, usage }),
    onSent: (sent) => context.emit({ type: 'sent', runId: context.runId, request: sent }),
    onProgress: (message) => context.emit({ type: 'progress', runId: context.runId, message }),
    ...(request.claude === undefined ? {} : { claude: request.claude }),
    ...(request.runbooks === undefined ? {} : { runbookFiles: await request.runbooks() }),
    ...(request.background === undefined ? {} : { background: request.background }),
  });
  const notes = [doubt === undefined ? undefined : asNote(doubt), request.analystNote].filter(
    (note) => note !== undefined,
  );
  const diagnosis: Diagnosis = { ...found, notes: [...notes, ...found.notes] };
  await runner.record(runner.system, 'Diagnosed', { diagnosis });
  const steps = await planSteps(context, runner, { target, doubt }, diagnosis);
  const causes = causesOf(steps, diagnosis.evidence);
  await runner.record(runner.system, 'Planned', { steps, causes });
  await runner.previews.ofPlan(steps);
  return { diagnosis, steps, causes };
}

/** Automation takes a target once at a time: what the run before it does is seen, and not done again beside it. */
async function takeTurn(context: RunContext, runner: StepRunner, target: Target): Promise<void> {
  const { turns, signal, runId, emit } = context;
  if (turns === undefined) return;
  const key = `${target.context} ${describeRef(target)}`;
  const message = `Waiting for the run before it on ${describeRef(target)} to end`;
  runner.giveUpTurn = await turns.take(key, signal, () => emit({ type: 'progress', runId, message }));
}

/** A doubt as a sentence. */
function asNote(doubt: string): string {
  return `${doubt.charAt(0).toUpperCase()}${doubt.slice(1)}: nothing is run without a person`;
}

/** A step that failed. */
interface Failure {
  readonly stepId: string;
  /** The finding that it was to end. A later step may have ended it. */
  readonly finding: string | undefined;
  readonly status: RunStatus;
  readonly message: string;
}

/** Runs the steps in order, as far as the decisions let it. */
async function carryOut(
  request: RemediationRequest,
  context: RunContext,
  runner: StepRunner,
  { steps, diagnosis, overBy }: Looked,
): Promise<{ status: RunStatus; message: string }> {
  if (steps.length === 0 && diagnosis.findings.length === 0 && overBy !== undefined)
    return {
      status: 'resolved',
      message: `Over: the run for incident ${plain(overBy.incidentId, 40)}, which had the same cause, ended it, and nothing is wrong any more`,
    };
  if (steps.length === 0)
    return {
      status: 'unresolved',
      message:
        diagnosis.findings.length === 0
          ? 'Nothing wrong was found on the target, and nothing is proposed'
          : 'A cause was found, but no safe remedy is known; see the hypotheses',
    };
  if (!request.remediate) return { status: 'proposed', message: 'A plan was made; nothing was run' };

  const gone = new Set<string>();
  let previewed = 0;
  const failures: Failure[] = [];
  const ordered = inRunOrder(steps);
  for (const step of ordered) {
    context.signal.throwIfAborted();
    const [failed] = failures;
    // Where somebody can be asked, they look again; else nothing follows a failure.
    if (failed !== undefined && step.independent !== true && context.approve === undefined) {
      if (step.decision.outcome === 'ask' || step.decision.outcome === 'execute')
        await runner.record(runner.system, 'StepSkipped', {
          stepId: step.id,
          reason: `Not run: step ${failed.stepId} before it failed`,
        });
      continue;
    }
    const key = step.finding && `${step.finding.name} ${JSON.stringify(step.finding.target)}`;
    if (key !== undefined && gone.has(key)) {
      await runner.record(runner.system, 'StepSkipped', {
        stepId: step.id,
        reason: 'What it would fix is gone already',
      });
      continue;
    }
    const state = await runner.run(step);
    switch (state) {
      case 'verified':
        if (key !== undefined) gone.add(key);
        break;
      case 'previewed':
        previewed++;
        break;
      case 'awaiting-approval':
        return { status: 'awaiting-approval', message: 'A step waits for a person who may approve it' };
      case 'stopped':
        return { status: 'stopped', message: '' };
      case 'failed': {
        const { status, message } = await afterFailure(context, runner, step, runner.stillThere(step.id));
        failures.push({ stepId: step.id, finding: key, status, message });
        const undone = status === 'undone' ? ' and was undone' : '';
        runner.lookAgain(`Step ${steps.indexOf(step) + 1} failed${undone}: look again before the rest.`);
        break;
      }
      case 'not-seen':
        return await afterUnseen(runner, step, ordered.slice(ordered.indexOf(step) + 1), failures);
      case 'done':
      case 'skipped':
      case 'refused':
        break;
    }
  }
  const left = failures.filter(({ finding }) =>
    finding === undefined ? gone.size === 0 : !gone.has(finding),
  );
  if (left.length > 0)
    return {
      status: left.every(({ status }) => status === 'undone') ? 'undone' : 'unresolved',
      message: left.map(({ message }) => message).join('. '),
    };
  if (gone.size > 0)
    return {
      status: 'resolved',
      message: [
        'The finding is gone and stayed gone',
        ...failures.map(({ stepId }) => `step ${stepId} before it failed`),
      ].join('; '),
    };
  if (previewed > 0)
    return { status: 'proposed', message: 'Plan mode: the commands are shown, nothing was run' };
  return { status: 'unresolved', message: 'No step that would end the incident was run' };
}

/** Nothing goes on blindly: what could not be seen is no failure, and neither undone nor built on. */
async function afterUnseen(
  runner: StepRunner,
  { id }: Step,
  rest: readonly Step[],
  failures: readonly { readonly message: string }[],
): Promise<{ status: RunStatus; message: string }> {
  for (const step of rest) {
    if (step.decision.outcome !== 'ask' && step.decision.outcome !== 'execute') continue;
    const reason = `Not run: what step ${id} before it did could not be seen`;
    await runner.record(runner.system, 'StepSkipped', { stepId: step.id, reason });
  }
  return {
    status: 'unresolved',
    message: [
      `Whether step ${id} ended the incident could not be seen. Check the cluster`,
      ...failures.map(({ message }) => message),
    ].join('. '),
  };
}

/**
 * What becomes of a failed step: in YOLO mode what it changed is put back.
 * @param seen that it did not help, as it was seen; absent where the command itself failed
 */
async function afterFailure(
  context: RunContext,
  runner: StepRunner,
  step: Step,
  seen: StillThere | undefined,
): Promise<{ status: RunStatus; message: string }> {
  const policy = context.policy();
  if (seen === undefined)
    return { status: 'unresolved', message: `The command of step ${step.id} did not go through` };
  const failed = { status: 'unresolved', message: `Step ${step.id} did not end the incident` } as const;
  if (policy.mode !== 'yolo' || !policy.automaticUndo) return failed;
  return undoByItself(context, runner, step, seen);
}

/** Takes a step back that was seen not to have helped. Nothing else is taken back without a person. */
async function undoByItself(
  context: RunContext,
  runner: StepRunner,
  step: Step,
  seen: StillThere,
): Promise<{ status: RunStatus; message: string }> {
  const at = `${seen.observedAt.slice(11, 16)} UTC`;
  const failed = {
    status: 'unresolved',
    message: `Step ${step.id} did not end the incident, as seen at ${at}`,
  } as const;
  const records = await context.journal.recordsOf(context.runId);
  const view = runView(records, context.runId, { liveRuns: new Set([context.runId]) });
  if (view?.steps.find((one) => one.id === step.id)?.undo === undefined) return failed;
  try {
    const undoStep = await planUndo(context, records, step.id, runner.scope());
    await runner.record(runner.system, 'UndoPlanned', { step: undoStep });
    const state = await runner.run(undoStep);
    return state === 'done' || state === 'verified'
      ? { status: 'undone', message: `${failed.message}, and was undone` }
      : state === 'not-seen'
        ? { status: 'unresolved', message: `${failed.message}; whether it was undone could not be seen` }
        : failed;
  } catch (error) {
    return { status: 'unresolved', message: `${failed.message}; it was not undone: ${told(error)}` };
  }
}

/**
 * Ends a run that did not come to its own end, and says who or what ended it. In the middle of a step it says no more than
 * that, and the step's outcome stays unknown, unless a person stopped it, who knows.
 * @throws OncallError `journal-unwritable` where that was the reason
 */
async function breakOff(context: RunContext, runner: StepRunner, error: unknown): Promise<RemediationResult> {
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
async function end(
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
