/** What ran without a person's approval. */
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { StepIndex } from './step-index.ts';

/** One automatic execution. */
export interface AutomaticAction {
  /** ISO 8601. */
  readonly time: string;
  readonly incidentId: string;
  /** The first object that the command changes, as its risk assessment names it. */
  readonly target: ObjectRef;
}

/**
 * The automatic execution that a record announces; one whose step was lost is kept with the object it was about to touch.
 * A step that only reads is none: a look at the Service must not stand in the way of the fix that follows.
 * @param steps the steps as they were when the record was written
 */
export function automaticAction(record: JournalRecord, steps: StepIndex): AutomaticAction | undefined {
  if (record.type !== 'ExecutionStarted' || !record.data.automatic) return undefined;
  const step = steps.get(record.runId, record.data.stepId);
  if (step?.mutates === false) return undefined;
  return {
    time: record.time,
    incidentId: record.incidentId ?? '',
    target: step?.target ?? firstTouched(record.data.before),
  };
}

function firstTouched(
  before: readonly { kind: string; metadata: { name: string; namespace?: string } }[],
): ObjectRef {
  const object = before[0];
  if (object === undefined) return { kind: '', name: '' };
  const { name, namespace } = object.metadata;
  return { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
