/** What was done to the automation as a whole, as lines of the audit log. Pure. */
import type { AuditRow, AutomationEntry } from '../domain/audit-log.ts';
import type { BreakerStatus } from '../domain/decision.ts';
import type { JournalRecord } from '../domain/record.ts';

/** @returns undefined for records of anything else */
export function automationRow(record: JournalRecord): AuditRow | undefined {
  const said = saidBy(record);
  if (said === undefined) return undefined;
  const { time, seq, actor: by } = record;
  return {
    kind: 'automation',
    // A file's records are numbered by themselves: two of one number differ in their hash.
    key: `automation ${seq} ${record.hash}`,
    entry: { time, by, outcome: 'done', ...said },
  };
}

function saidBy(record: JournalRecord): Pick<AutomationEntry, 'what' | 'message'> | undefined {
  switch (record.type) {
    case 'BreakerReset':
      return { what: 'breaker-reset', message: `The circuit breaker ${stateWords(record.data.was)}` };
    case 'AutomationStopped':
      return { what: 'stopped', message: 'Nothing is executed from then on, in any window' };
    case 'JournalLost':
      return {
        what: 'journal-lost',
        message: `Nothing runs by itself until automation is resumed. What had been read is gone or was changed: ${record.data.files.join(', ')}`,
      };
    case 'AutomationResumed':
      return { what: 'resumed', message: 'The mode decides again what is executed' };
    default:
      return undefined;
  }
}

function stateWords({ state, consecutiveFailures }: BreakerStatus): string {
  const failures = `${consecutiveFailures} failure${consecutiveFailures === 1 ? '' : 's'} in a row`;
  return state === 'closed' ? `was closed, after ${failures}` : `was ${state}: ${failures}`;
}
