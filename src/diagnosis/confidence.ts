/** Confidence is computed, never only reported. */
import type { ActionProposal } from '../domain/action.ts';
import type { Provenance } from '../domain/diagnosis.ts';
import type { ConfidencePart, TrackRecord } from '../domain/plan.ts';

export interface ConfidenceFacts {
  /** Ids of all evidence of the investigation. */
  readonly evidenceIds: ReadonlySet<string>;
  readonly targetExists: boolean;
  /** A built-in finding on the same target independently supports the action. */
  readonly supportedByFinding: boolean;
  /** A change, or a look at credentials, that a model proposes and no built-in rule does. */
  readonly modelOnly?: boolean;
  /** What the claim rests on: text that others can write never lifts a proposal over a gate. */
  readonly grounds: Provenance;
  /** How the action turned out before for the same finding. */
  readonly trackRecord: TrackRecord;
}

/** Below every threshold: a proposal that rests on something that does not exist is skipped. */
const unfoundedCap = 0.69;
/** Below the threshold for high risk: a claim that nothing else supports never runs such a command by itself. */
const unsupportedCap = 0.89;
/**
 * Below the threshold for anything to run by itself: a model reads what strangers wrote, and one that obeys it must not
 * change anything before a person has looked.
 */
const modelOnlyCap = 0.79;
/** The same for a change whose grounds others can write: a log, the message of an event, an annotation. */
const writtenCap = 0.79;
/** How many past runs a claim weighs as much as. */
export const weightOfClaim = 10;

/**
 * The confidence that counts, with the parts that made it, in order.
 *
 *     claim      = what the analyst says, within 0 and 1
 *     cap        = 0.69 where a cited piece of evidence or the target does not exist, or nothing is cited;
 *                  else 0.79 for a change that a model proposes and no built-in rule does, or that rests on what others can write;
 *                  else 0.89 where no built-in finding supports the action; else 1
 *     confidence = min(cap, (10 · min(claim, cap) + successes) / (10 + successes + failures))
 *
 * The last line is the mean of a Beta distribution whose prior is the capped claim with the weight of ten runs:
 * without a track record the value stays what it is, failures pull it down, successes raise it, never above the cap.
 */
export function computeConfidence(
  proposal: ActionProposal,
  facts: ConfidenceFacts,
): { confidence: number; parts: ConfidencePart[] } {
  const claim = Number.isFinite(proposal.claimedConfidence)
    ? Math.min(1, Math.max(0, proposal.claimedConfidence))
    : 0;
  const parts: ConfidencePart[] = [{ label: 'what the analyst says', value: claim }];
  let cap = 1;
  const limit = (to: number, label: string): void => {
    cap = Math.min(cap, to);
    parts.push({ label, value: Math.min(claim, cap) });
  };
  const unknown = proposal.evidence.filter((id) => !facts.evidenceIds.has(id));
  if (proposal.evidence.length === 0) limit(unfoundedCap, `cites no evidence: at most ${unfoundedCap}`);
  if (unknown.length > 0) {
    limit(unfoundedCap, `cites evidence that does not exist (${some(unknown)}): at most ${unfoundedCap}`);
  }
  if (!facts.targetExists) limit(unfoundedCap, `the target does not exist: at most ${unfoundedCap}`);
  if (!facts.supportedByFinding) {
    limit(unsupportedCap, `no built-in finding supports it: at most ${unsupportedCap}`);
  }
  if (facts.modelOnly === true) {
    limit(
      modelOnlyCap,
      `only the model proposes this change: at most ${modelOnlyCap}, so that a person is asked`,
    );
  }
  if (facts.grounds === 'written' && facts.modelOnly !== true) {
    limit(writtenCap, `rests on what others can write: at most ${writtenCap}, so that a person is asked`);
  }
  const capped = Math.min(claim, cap);
  const { successes, failures } = facts.trackRecord;
  if (successes + failures === 0) return { confidence: capped, parts };
  const confidence = Math.min(
    cap,
    (weightOfClaim * capped + successes) / (weightOfClaim + successes + failures),
  );
  parts.push({ label: trackRecordLabel(facts.trackRecord), value: confidence });
  return { confidence, parts };
}

/** Names the part of a confidence that a track record makes. */
export function trackRecordLabel({ successes, failures }: TrackRecord): string {
  return `worked ${successes} of ${successes + failures} times before`;
}

/** Whether a part's label is of {@link trackRecordLabel}. */
export function isTrackRecord(label: string): boolean {
  return /^worked \d+ of \d+ times before$/.test(label);
}

/** The first few of the ids that a model made up, cut short: they may be of any length and number. */
function some(ids: readonly string[]): string {
  const first = ids.slice(0, 3).map((id) => (id.length > 12 ? `${id.slice(0, 11)}…` : id));
  return ids.length > first.length
    ? `${first.join(', ')} and ${ids.length - first.length} more`
    : first.join(', ');
}
