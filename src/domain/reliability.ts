/** Said versus came true: how the stated confidence of executed steps compares with what became of them. */
import type { ActionCall } from './action.ts';
import type { FindingName } from './diagnosis.ts';

/** What a group of steps shows. `too-few` wherever the count is too small to say anything else. */
export type ReliabilityVerdict = 'too-few' | 'as-said' | 'less-often' | 'more-often';

/** Executed steps with what was said of them and how many came true. */
export interface ReliabilityGroup {
  readonly steps: number;
  /** How many ended what they were to end. */
  readonly cameTrue: number;
  /** The mean of their confidence, 0 to 1. */
  readonly said: number;
  /** Where the true share lies, 19 times out of 20 (Wilson's interval), 0 to 1. */
  readonly range: readonly [low: number, high: number];
  readonly verdict: ReliabilityVerdict;
}

/** Steps whose confidence was at least `from` and below `to` (the last bucket holds 1 too). */
export interface ReliabilityBucket extends ReliabilityGroup {
  readonly from: number;
  readonly to: number;
}

/** Steps of one action for one finding: what the prior of their confidence is made of. */
export interface ReliabilityAction extends ReliabilityGroup {
  readonly action: ActionCall['action'];
  /** Absent for steps that no finding justified. */
  readonly finding?: FindingName;
}

/** The whole picture. Without steps there is nothing in it. */
export interface ReliabilityReport extends ReliabilityGroup {
  /** The mean squared distance between what was said and what came true: 0 is perfect, 0.25 is what "50 %, always" gets. */
  readonly brier: number;
  /** Those that have steps, the least sure first. */
  readonly buckets: readonly ReliabilityBucket[];
  /** Those that have steps, the most steps first. */
  readonly actions: readonly ReliabilityAction[];
}
