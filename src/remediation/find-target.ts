/** The first part of a run: which object the alert is about, with a person's help where it cannot be told. */
import { resolveTarget } from '../cluster/target.ts';
import { readChoice } from '../domain/approval.ts';
import type { TargetHint } from '../domain/incident.ts';
import { describeRef, sameRef, type Target } from '../domain/kubernetes.ts';
import type { Actor } from '../domain/record.ts';
import type { TargetChooser } from '../domain/run.ts';
import type { RunContext, StepRunner } from './step-runner.ts';

export type FoundTarget =
  | { readonly target: Target; readonly doubt: string | undefined }
  /** `message`: how the run ends without one. */
  | { readonly target: undefined; readonly message: string };

/**
 * Resolves the target, asks where several objects fit, and writes down what came of it.
 * @throws OncallError when the cluster cannot be asked, `cancelled`
 */
export async function findTarget(
  context: RunContext,
  runner: StepRunner,
  hints: readonly TargetHint[],
  choose: TargetChooser | undefined,
): Promise<FoundTarget> {
  const resolved = await resolveTarget(context.cluster, hints, context.signal);
  if (resolved.target !== undefined) {
    const { target, reason } = resolved;
    const doubts = [context.doubt, resolved.doubt].filter((doubt) => doubt !== undefined);
    return settle(runner, runner.system, target, reason, doubts.length === 0 ? undefined : doubts.join('; '));
  }
  const { candidates } = resolved;
  const where = context.doubt === undefined ? '' : ` (${context.doubt})`;
  const reason = `${resolved.reason}${where}`;
  if (candidates.length === 0) return { target: undefined, message: reason };
  await runner.record(runner.system, 'TargetUnclear', { candidates, reason });
  if (choose === undefined) {
    return { target: undefined, message: `${reason}. Nothing was done: a person has to choose` };
  }
  const { runId, incidentId, signal, user, emit } = context;
  emit({ type: 'progress', runId, message: 'Waiting for a person to choose the object' });
  const chosen = readChoice(await choose({ runId, incidentId, reason, candidates }, signal));
  // Only what was offered can be chosen.
  const one = candidates.find(({ target }) => chosen !== undefined && sameRef(target, chosen.target));
  if (one === undefined) {
    return { target: undefined, message: `${reason}. None of them was chosen, and nothing was done` };
  }
  const person: Actor = { type: 'user', name: user };
  const why = `${user} chose ${describeRef(one.target)}: ${one.reason}`;
  return settle(runner, person, one.target, why, context.doubt);
}

async function settle(
  runner: StepRunner,
  actor: Actor,
  target: Target,
  reason: string,
  doubt: string | undefined,
): Promise<FoundTarget> {
  runner.about(target, doubt);
  await runner.record(actor, 'TargetResolved', { target, reason, ...(doubt === undefined ? {} : { doubt }) });
  return { target, doubt };
}
