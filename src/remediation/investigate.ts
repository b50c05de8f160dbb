/** From an alert to a plan: the target, a turn on it, evidence, diagnosis, steps; again where others were at the same cause. */
import type { Diagnosis } from '../domain/diagnosis.ts';
import { describeRef, type Target } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import { capital } from '../domain/words.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { IncidentRun } from '../journal/incident-runs.ts';
import { causesOf } from './causes.ts';
import type { RemediationRequest } from './engine.ts';
import { findTarget } from './find-target.ts';
import { planSteps } from './plan-steps.ts';
import { SameCause } from './same-cause.ts';
import type { RunContext, StepRunner } from './step-runner.ts';

/** What a run has found, and what it would do about it. */
export interface Looked {
  readonly diagnosis: Diagnosis;
  readonly steps: readonly Step[];
  readonly causes: readonly string[];
  /** The run that ended the same trouble meanwhile. */
  readonly overBy?: IncidentRun;
}

export type Investigated = Looked | { readonly diagnosis: undefined; readonly message: string };

/** Target, evidence, diagnosis, plan. */
export async function investigate(
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
  return `${capital(doubt)}: nothing is run without a person`;
}
