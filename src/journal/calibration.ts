/** How actions turned out before: a fold over the journal that confidence is computed with. */
import type { ActionName } from '../domain/action.ts';
import type { FindingName } from '../domain/diagnosis.ts';
import type { TrackRecord } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import { JudgedSteps } from './judged.ts';

/**
 * How often `action` ended the finding, and how often it did not; see {@link JudgedSteps} for what counts.
 * A command that is no action of the catalogue has no track record: that one such command worked says nothing of another.
 * @param findingName undefined asks for the steps that no finding justified
 */
export function trackRecord(
  records: readonly JournalRecord[],
  action: ActionName,
  findingName: FindingName | undefined,
): TrackRecord {
  let successes = 0;
  let failures = 0;
  if (action === 'custom_command') return { successes, failures };
  const judged = new JudgedSteps();
  for (const record of records) judged.note(record);
  for (const step of judged.steps()) {
    if (step.action !== action || step.finding !== findingName) continue;
    if (step.success) successes++;
    else failures++;
  }
  return { successes, failures };
}
