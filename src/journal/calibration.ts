/** How actions turned out before: a fold over the journal that confidence is computed with. */
import type { ActionName } from '../domain/action.ts';
import type { FindingName } from '../domain/diagnosis.ts';
import type { TrackRecord } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';
import { foldRuns, wasCancelled, type Attempt } from './run-fold.ts';

/**
 * How often `action` ended the finding, and how often it did not. What a person broke off, what was interrupted and
 * undo steps do not count; a step that was undone counts by what its own verification had said.
 * @param findingName undefined asks for the steps that no finding justified
 */
export function trackRecord(
  records: readonly JournalRecord[],
  action: ActionName,
  findingName: FindingName | undefined,
): TrackRecord {
  let successes = 0;
  let failures = 0;
  for (const run of foldRuns(records).values()) {
    for (const attempt of run.attempts) {
      const { step } = attempt;
      if (step.action !== action || step.finding?.name !== findingName || step.undoes !== undefined) continue;
      const outcome = outcomeOf(attempt);
      if (outcome === 'success') successes++;
      if (outcome === 'failure') failures++;
    }
  }
  return { successes, failures };
}

function outcomeOf(attempt: Attempt): 'success' | 'failure' | undefined {
  if (wasCancelled(attempt)) return undefined;
  if (attempt.verification !== undefined) return attempt.verification.verified ? 'success' : 'failure';
  const { result } = attempt;
  return result !== undefined && (result.exitCode !== 0 || result.error !== undefined)
    ? 'failure'
    : undefined;
}
