/** The confidence of a planned step as it is by now: what failed meanwhile counts. */
import type { ConfidencePart, Step, TrackRecord } from '../domain/plan.ts';
import { isTrackRecord, trackRecordLabel, weightOfClaim } from './confidence.ts';

/**
 * Computed anew with how the action has turned out by now, and never above what was said when the step was planned:
 * what others did may take confidence away, and gives none.
 */
export function renewedConfidence(
  step: Pick<Step, 'confidence' | 'confidenceParts'>,
  trackRecord: TrackRecord,
): { readonly confidence: number; readonly confidenceParts: readonly ConfidencePart[] } {
  const { confidence, confidenceParts } = step;
  const { successes, failures } = trackRecord;
  const claimed = confidenceParts.filter(({ label }) => !isTrackRecord(label)).at(-1)?.value;
  if (claimed === undefined || successes + failures === 0) return { confidence, confidenceParts };
  const now = (weightOfClaim * claimed + successes) / (weightOfClaim + successes + failures);
  if (!(now < confidence)) return { confidence, confidenceParts };
  return {
    confidence: now,
    confidenceParts: [
      ...confidenceParts.filter(({ label }) => !isTrackRecord(label)),
      { label: trackRecordLabel(trackRecord), value: now },
    ],
  };
}
