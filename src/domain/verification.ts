/** What is known of a step after it ran: whether it changed anything, and whether it ended what it was to end. */
import { sameRef } from './kubernetes.ts';
import type { RecordData } from './record.ts';

/**
 * - `gone`: the condition holds and the finding is gone, and both stayed so;
 * - `still-there`: looked at after the deed and after the last outage, and it is not over;
 * - `not-seen`: the cluster could not be read, so nothing is known. No failure: it undoes nothing and counts for nothing.
 */
export type VerificationOutcome = 'gone' | 'still-there' | 'not-seen';

/**
 * What a command did that ended with an error.
 * - `none`: nothing was changed;
 * - `changed`: what it touches is not as it was before;
 * - `unknown`: it may have taken effect.
 */
export type Effect = 'none' | 'changed' | 'unknown';

/** Whether the objects asked for the same after a command as before it. */
export function sameWishes(
  before: RecordData['ExecutionStarted']['wishes'],
  after: RecordData['ExecutionFinished']['after'] & {},
): boolean {
  return (
    before !== undefined &&
    before.length === after.length &&
    before.every((wish) => after.some((one) => sameRef(one.ref, wish.ref) && one.specHash === wish.specHash))
  );
}

/** Of any record: those of earlier versions know only two outcomes. */
export function verificationOutcome(
  data: Pick<RecordData['VerificationFinished'], 'verified' | 'outcome'>,
): VerificationOutcome {
  if (data.verified) return 'gone';
  return data.outcome === 'not-seen' ? 'not-seen' : 'still-there';
}

const words: Readonly<Record<VerificationOutcome, string>> = {
  gone: 'verified',
  'still-there': 'not verified',
  'not-seen': 'could not be seen',
};

/** As said of a step: `step s1 could not be seen`. */
export function verificationWords(
  data: Pick<RecordData['VerificationFinished'], 'verified' | 'outcome'>,
): string {
  return words[verificationOutcome(data)];
}
