/** What is said about the way back from a step. Pure. */
import type { StepView } from '../../domain/run.ts';

/** In words, where a step has no command of its own that takes it back. */
export function wayBackWords(
  { undoes, state, risk }: Pick<StepView, 'undoes' | 'state' | 'risk'>,
  steps: readonly Pick<StepView, 'id'>[],
): string {
  if (undoes !== undefined) {
    const number = steps.findIndex(({ id }) => id === undoes) + 1;
    const taken = number === 0 ? 'an earlier step' : `step ${number}`;
    return state === 'failed'
      ? `This was the way back from ${taken}, and it was not seen to put everything back: what was seen stands above. Put the rest right by hand.`
      : `This step is the way back from ${taken}.`;
  }
  return risk.mutates ? 'There is no way back.' : 'It changes nothing: there is nothing to take back.';
}
