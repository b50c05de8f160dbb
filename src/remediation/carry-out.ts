/** Runs the steps of a plan in order, and says what came of them all. */
import { plain } from '../domain/plain.ts';
import type { Step } from '../domain/plan.ts';
import { told } from '../domain/redaction/told.ts';
import type { RunStatus } from '../domain/run.ts';
import { runView } from '../journal/runs.ts';
import type { RemediationRequest } from './engine.ts';
import type { Looked } from './investigate.ts';
import { inRunOrder } from './run-order.ts';
import type { RunContext, StepRunner } from './step-runner.ts';
import { planUndo } from './undo.ts';
import type { StillThere } from './verify.ts';

/** A step that failed. */
interface Failure {
  readonly stepId: string;
  /** The finding that it was to end. A later step may have ended it. */
  readonly finding: string | undefined;
  readonly status: RunStatus;
  readonly message: string;
}

/** Runs the steps in order, as far as the decisions let it. */
export async function carryOut(
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
  const [root] = diagnosis.findings;
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
    const key = step.finding && keyOf(step.finding);
    // What only a model would change is for the incident as a whole. Once what comes first is gone, automation wakes nobody for it.
    const isMoot = step.risk.mutates && step.grounds === 'written' && context.policy().mode === 'yolo';
    const ends = key ?? (root !== undefined && isMoot ? keyOf(root) : undefined);
    if (ends !== undefined && gone.has(ends)) {
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

function keyOf({ name, target }: Step['finding'] & {}): string {
  return `${name} ${JSON.stringify(target)}`;
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
