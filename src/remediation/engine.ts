/**
 * The engine: takes an alert through a run, record by record. Loaded on first use.
 * Every deed is announced in the journal before it is done; if the journal cannot be written, nothing runs.
 */
import { randomUUID } from 'node:crypto';
import { choiceNames } from '../domain/action.ts';
import { OncallError } from '../domain/error.ts';
import type { Alert, IncidentBackground, TargetHint } from '../domain/incident.ts';
import type { Actor } from '../domain/record.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import type { RemediationResult, TargetChooser } from '../domain/run.ts';
import { RunStop } from '../domain/run-stop.ts';
import type { Analyst } from '../diagnosis/analyst.ts';
import { choices } from '../diagnosis/choices.ts';
import type { Offer } from '../diagnosis/claude/plan-tool.ts';
import { runView } from '../journal/runs.ts';
import { catalogue } from './actions/catalogue.ts';
import { carryOut } from './carry-out.ts';
import { breakOff, end } from './ending.ts';
import { investigate } from './investigate.ts';
import { policySince } from './run-policy.ts';
import { StepRunner, type RunContext } from './step-runner.ts';
import { planUndo } from './undo.ts';

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
  const context = begin(request.run, request.runId ?? randomUUID(), alert.id);
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
  const context = begin(request.run, request.runId, view.incidentId);
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

/** What a run works with, from this moment on. */
function begin(run: RemediationRequest['run'], runId: string, incidentId: string): RunContext {
  const { mode } = run.policy();
  return { ...run, runId, incidentId, policy: () => policySince(mode, run.policy()) };
}

/** Whether a step still takes another one back: a person may have made another command of it. */
async function isUndo(context: RunContext, stepId: string): Promise<boolean> {
  const view = runView(await context.journal.recordsOf(context.runId), context.runId);
  return view?.steps.find(({ id }) => id === stepId)?.undoes !== undefined;
}
