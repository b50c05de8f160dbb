/** What the circuit breaker counts: a fold over the journal. */
import type { BreakerEvent } from '../domain/decision.ts';
import type { JournalRecord } from '../domain/record.ts';
import { StepIndex } from './step-index.ts';

/**
 * Successes, failures and resets, in the order in which they happened.
 * A success is a verified step, or a mutating command with nothing to verify that ended well. A failure is a command
 * that ended badly, or a verification that failed. What a person broke off is neither, and a dry run does not count.
 */
export function breakerEvents(records: readonly JournalRecord[]): BreakerEvent[] {
  const steps = new StepIndex();
  const events: BreakerEvent[] = [];
  for (const record of records) {
    steps.note(record);
    const outcome = outcomeOf(record, steps);
    if (outcome !== undefined) events.push({ time: record.time, outcome });
  }
  return events;
}

function outcomeOf(record: JournalRecord, steps: StepIndex): BreakerEvent['outcome'] | undefined {
  switch (record.type) {
    case 'BreakerReset':
      return 'reset';
    case 'VerificationFinished':
      return record.data.verified ? 'success' : 'failure';
    case 'ExecutionFinished': {
      if (record.data.cancelled === true) return undefined;
      if (record.data.exitCode !== 0 || record.data.error !== undefined) return 'failure';
      const step = steps.get(record.runId, record.data.stepId);
      return step?.risk.mutates && step.verification.type === 'none' ? 'success' : undefined;
    }
    default:
      return undefined;
  }
}
