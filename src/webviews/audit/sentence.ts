/** Said versus came true, in words. Pure. */
import type { ReliabilityBucket, ReliabilityReport, ReliabilityVerdict } from '../../domain/reliability.ts';
import { percent, percentRange } from '../../domain/words.ts';

/** Below this many steps no score is given. */
export const enoughForScore = 10;

export const verdicts: Readonly<Record<ReliabilityVerdict, string>> = {
  'too-few': 'too few to tell',
  'as-said': 'as often as said',
  'less-often': 'less often than said',
  'more-often': 'more often than said',
};

/** `1 step`, `12 steps`. */
export function count(steps: number): string {
  return `${steps} step${steps === 1 ? '' : 's'}`;
}

/** `80 to 90 % sure`. */
export function sure({ from, to }: Pick<ReliabilityBucket, 'from' | 'to'>): string {
  return from === 0 ? `less than ${percent(to)} sure` : `${percentRange(from, to)} sure`;
}

/** The whole picture in a sentence or two, told by the largest group, and by one that promised too much; nothing is made of few steps. */
export function sentence({ steps, buckets }: ReliabilityReport): string {
  if (steps === 0) return 'No executed step has been judged yet: nothing can be said.';
  const most = buckets.reduce((a, b) => (b.steps > a.steps ? b : a));
  if (steps < enoughForScore) return `${told(most)}. ${count(steps)} in all: too few to tell.`;
  const worse = buckets.find((bucket) => bucket !== most && bucket.verdict === 'less-often');
  const groups = worse === undefined ? [most] : [most, worse];
  return groups.map((bucket) => `${told(bucket)}: ${verdicts[bucket.verdict]}.`).join(' ');
}

function told(bucket: ReliabilityBucket): string {
  const { steps, cameTrue } = bucket;
  return `Of ${count(steps)} said to be ${sure(bucket)}, ${cameTrue} ended ${steps === 1 ? 'its' : 'their'} incident`;
}
