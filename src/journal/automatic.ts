/** What ran without a person's approval, and whether it may: folds over the journal. */
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { JournalRecord } from '../domain/record.ts';
import { StepIndex } from './step-index.ts';

/** One automatic execution. */
export interface AutomaticAction {
  /** ISO 8601. */
  readonly time: string;
  readonly incidentId: string;
  /** The first object that the command changes, as its risk assessment names it. */
  readonly target: ObjectRef;
}

/** Every automatic execution, oldest first; one whose step was lost is kept with the object it was about to touch. */
export function automaticActions(records: readonly JournalRecord[]): AutomaticAction[] {
  const steps = new StepIndex();
  const actions: AutomaticAction[] = [];
  for (const record of records) {
    steps.note(record);
    if (record.type !== 'ExecutionStarted' || !record.data.automatic) continue;
    const step = steps.get(record.runId, record.data.stepId);
    actions.push({
      time: record.time,
      incidentId: record.incidentId ?? '',
      target: step?.risk.targets[0] ?? firstTouched(record.data.before),
    });
  }
  return actions;
}

function firstTouched(
  before: readonly { kind: string; metadata: { name: string; namespace?: string } }[],
): ObjectRef {
  const object = before[0];
  if (object === undefined) return { kind: '', name: '' };
  const { name, namespace } = object.metadata;
  return { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Whether a person stopped all automation and has not resumed it since. */
export function automationStopped(records: readonly JournalRecord[]): boolean {
  const last = records.findLast(
    (record) => record.type === 'AutomationStopped' || record.type === 'AutomationResumed',
  );
  return last?.type === 'AutomationStopped';
}
