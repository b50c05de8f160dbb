/**
 * What became of a step that was interrupted, or whose effect could not be seen, as somebody who looked at the cluster afterwards
 * found it.
 */
import type { StepState } from './plan.ts';

/**
 * - `took-effect`: the change is there, and what the step was to end is over;
 * - `no-effect`: the change is not there, or what the step was to end is still there;
 * - `unknown`: it cannot be told by looking.
 */
export type InterruptionResult = 'took-effect' | 'no-effect' | 'unknown';

/** One look. */
export interface InterruptionCheck {
  readonly result: InterruptionResult;
  /** For people: what was seen. */
  readonly message: string;
  /** ISO 8601. */
  readonly time: string;
  readonly by: string;
}

const words: Readonly<Record<InterruptionResult, string>> = {
  'took-effect': 'it took effect',
  'no-effect': 'it did not take effect',
  unknown: 'it cannot be told whether it took effect',
};

/** Whether only a look at the cluster tells what became of a step. */
export function canBeChecked(state: StepState): boolean {
  return state === 'interrupted' || state === 'not-seen';
}

/** As a sentence part: `it took effect`. */
export function interruptionWords(result: InterruptionResult): string {
  return words[result];
}
