/** In which order the steps of a plan are run. Pure. */
import type { Step } from '../domain/plan.ts';

/**
 * The order of the plan, but for one thing: a change that runs by itself on observed grounds, and what stands before it on such grounds,
 * does not wait for steps that rest on what others can write. A step that waits for a person or fails keeps those after it from running,
 * and no guess of a model may do that to what the rules propose.
 */
export function inRunOrder(steps: readonly Step[]): readonly Step[] {
  const last = steps.findLastIndex(
    (step) => isObserved(step) && step.risk.mutates && step.decision.outcome === 'execute',
  );
  const head = steps.slice(0, last + 1);
  return [...head.filter(isObserved), ...head.filter((step) => !isObserved(step)), ...steps.slice(last + 1)];
}

function isObserved({ grounds }: Step): boolean {
  return grounds === 'observed';
}
