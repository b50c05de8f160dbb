/** What the circuit breaker counts of a record. */
import type { BreakerEvent } from '../domain/decision.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { StepIndex } from './step-index.ts';

/**
 * A success, a failure or a reset; undefined for all else.
 * A success is a verified step, or a mutating command with nothing to verify that ended well. A failure is a command
 * that ended badly, or a verification that failed. What a person broke off, and what could not be seen, is neither, and a dry
 * run does not count.
 * @param steps the steps as they were when the record was written
 */
export function breakerEvent(record: JournalRecord, steps: StepIndex): BreakerEvent | undefined {
  const outcome = outcomeOf(record, steps);
  return outcome && { time: record.time, outcome };
}

function outcomeOf(record: JournalRecord, steps: StepIndex): BreakerEvent['outcome'] | undefined {
  switch (record.type) {
    case 'BreakerReset':
      return 'reset';
    case 'VerificationFinished':
      // What could not be seen is neither.
      return record.data.outcome === 'not-seen' ? undefined : record.data.verified ? 'success' : 'failure';
    case 'ExecutionFinished': {
      if (record.data.cancelled === true) return undefined;
      if (record.data.exitCode !== 0 || record.data.error !== undefined) {
        // What it may have done is verified, or is not known.
        const { effect = 'none' } = record.data;
        return effect === 'none' ? 'failure' : undefined;
      }
      const step = steps.get(record.runId, record.data.stepId);
      return step?.mutates && step.unverified ? 'success' : undefined;
    }
    default:
      return undefined;
  }
}
