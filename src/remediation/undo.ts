/** Plans the way back from an executed step. */
import { refOf } from '../diagnosis/pods.ts';
import { OncallError } from '../domain/error.ts';
import { describeRef, sameRef, type KubeObject, type ObjectRef } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import { sameWishes } from '../domain/verification.ts';
import { decide } from '../policy/decide.ts';
import { decided, draftStep, type AssessmentScope } from './planning.ts';
import { situationOf } from './situation.ts';
import { asksFor } from './spec-hash.ts';
import type { RunContext } from './step-runner.ts';

/** The command comes from the journal, not from an analyst. */
const confidence = 0.95;
/** It puts back objects as the API server gave them before the deed. */
const kept = { grounds: 'observed', objection: undefined } as const;

/**
 * The step that takes `stepId` back.
 * @throws OncallError `undo-refused` when there is no way back, or when somebody changed the object since
 */
export async function planUndo(
  context: Pick<RunContext, 'runId' | 'incidentId' | 'journal' | 'cluster' | 'policy' | 'now' | 'signal'>,
  records: readonly JournalRecord[],
  stepId: string,
  scope: AssessmentScope,
): Promise<Step> {
  const own = records.filter((record) => record.runId === context.runId);
  const started = own.findLast((one) => one.type === 'ExecutionStarted' && one.data.stepId === stepId);
  const finished = own.findLast((one) => one.type === 'ExecutionFinished' && one.data.stepId === stepId);
  if (started?.type !== 'ExecutionStarted' || finished?.type !== 'ExecutionFinished')
    throw refused(
      `Step ${stepId} has not been executed to its end`,
      'Check the cluster first: what it did is not known.',
    );
  if (started.data.context !== context.cluster.context)
    throw refused(
      `Step ${stepId} ran in the context ${started.data.context}, and the agent is connected to ${context.cluster.context}`,
      `Switch to the context ${started.data.context} and undo it there.`,
    );
  const { undo } = started.data;
  if (undo === undefined)
    throw refused(`Step ${stepId} has no way back`, 'Look at what it changed and decide by hand.');
  if (finished.data.after === undefined)
    throw refused(
      `What step ${stepId} left behind was not seen`,
      'Compare the object with what the audit log says was there before, and decide by hand.',
    );
  const { error, effect, after } = finished.data;
  if (effect === 'none' || (error !== undefined && sameWishes(started.data.wishes, after)))
    throw refused(`Step ${stepId} failed and changed nothing`, 'There is nothing to take back.');
  if (wasUndone(own, stepId))
    throw refused(`Step ${stepId} was undone already`, 'There is nothing to take back.');
  await checkAsLeft(context, records, stepId);

  const target = started.data.before[0];
  const [asked] = started.data.wishes ?? [];
  const was = asked && started.data.before.find((one) => sameRef(refOf(one), asked.ref));
  const wish = asked && {
    target: asked.ref,
    specHash: asked.specHash,
    ...(was === undefined ? {} : { was: withoutStatus(was) }),
  };
  const ref: ObjectRef = {
    kind: target?.kind ?? '',
    name: target?.metadata.name ?? '',
    ...(target?.metadata.namespace === undefined ? {} : { namespace: target.metadata.namespace }),
  };
  const draft = draftStep(
    {
      id: `${stepId}-undo`,
      call: { action: 'custom_command', parameters: { argv: [...undo.argv], target: ref } },
      confidence,
      confidenceParts: [{ label: 'puts back what the journal recorded', value: confidence }],
      rationale: undo.summary,
      ...kept,
      evidence: [],
      verification: wish === undefined ? { type: 'none' } : { type: 'restored', ...wish },
      undoes: stepId,
      proposedBy: 'undo',
    },
    scope,
  );
  const resolved = own.findLast((one) => one.type === 'TargetResolved');
  const doubt = resolved?.type === 'TargetResolved' ? resolved.data.doubt : undefined;
  const situation = situationOf(
    context.policy(),
    await context.journal.history(),
    {
      runId: context.runId,
      context: context.cluster.context,
      incidentId: context.incidentId,
      target: ref,
      confidence,
      ...kept,
      doubt,
      automaticInFlight: false,
      isUndo: true,
    },
    context.now(),
  );
  return decided(draft, decide(draft.risk, situation));
}

/**
 * Asked again right before an undo runs: an approval may take its time.
 * @throws OncallError `undo-refused` when an object is not as `stepId` left it
 */
export async function checkAsLeft(
  context: Pick<RunContext, 'runId' | 'cluster' | 'signal'>,
  records: readonly JournalRecord[],
  stepId: string,
): Promise<void> {
  const finished = records.findLast(
    (one) => one.runId === context.runId && one.type === 'ExecutionFinished' && one.data.stepId === stepId,
  );
  const left = finished?.type === 'ExecutionFinished' ? (finished.data.after ?? []) : [];
  for (const one of left) await refuseIfChanged(context, one.ref, one.specHash);
}

/** What it asked for, and its name. */
function withoutStatus({ status: _status, ...object }: KubeObject): KubeObject {
  const { name, namespace } = object.metadata;
  return {
    ...object,
    kind: object.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

function wasUndone(own: readonly JournalRecord[], stepId: string): boolean {
  const undo = own.findLast((one) => one.type === 'UndoPlanned' && one.data.step.undoes === stepId);
  const id = undo?.type === 'UndoPlanned' ? undo.data.step.id : undefined;
  const last = own.findLast(
    (one) => one.type === 'VerificationFinished' && (one.data.stepId === id || one.data.stepId === stepId),
  );
  return last?.type === 'VerificationFinished' && last.data.stepId === id && last.data.verified;
}

async function refuseIfChanged(
  context: Pick<RunContext, 'cluster' | 'signal'>,
  ref: ObjectRef,
  left: string,
): Promise<void> {
  const object = await context.cluster.get(ref, context.signal);
  if (object !== undefined && asksFor(object, left)) return;
  throw refused(
    object === undefined
      ? `${describeRef(ref)} does not exist any more`
      : `${describeRef(ref)} was changed by somebody else since`,
    'Compare it with what the audit log says was there before, and decide by hand.',
  );
}

function refused(message: string, next: string): OncallError {
  return new OncallError('undo-refused', message, next);
}
