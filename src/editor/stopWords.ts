/** What a person is told who stops all automation: what was under way, and what becomes of it. Pure. */
import type { StepInFlight } from '../agent.ts';
import { quoteWords } from '../kubectl/words.ts';
import { exact, plain } from './text.ts';

/** One sentence for each step that was under way when automation was stopped, and one that says what holds from now on. */
export function stopWords(inFlight: readonly StepInFlight[]): string {
  const steps = inFlight.map(({ runId, stepId, title, argv, phase }) => {
    const command = exact(quoteWords(argv));
    const what = `step ${plain(stepId, 40)} of run ${plain(runId, 8)} for "${plain(title, 80)}"`;
    return phase === 'executing'
      ? `In flight, and let finish: ${what}, ${command}.`
      : `Executed before, and still being verified: ${what}, ${command}.`;
  });
  return [
    'All automation is stopped, in every window: nothing more runs by itself until "Oncall: Resume Automation".',
    ...(steps.length === 0 ? ['No step was in flight.'] : steps),
    'What you approve still runs.',
  ].join(' ');
}
