/** What a run does now, in words. Pure. */
import type { PlanState } from '../../ipc/plan.ts';

/** One sentence without its full stop; what the run came to once it has ended. */
export function statusWords({ run, stream, live }: PlanState): string {
  if (!live) return run.message ?? `The run is over: ${run.phase}`;
  const { steps } = run;
  const at = steps.findIndex(({ state }) => ['executing', 'verifying', 'awaiting-approval'].includes(state));
  const step = steps[at];
  const which = steps.length === 1 ? 'the step' : `step ${at + 1} of ${steps.length}`;
  const message = step === undefined ? '' : (stream.steps[step.id]?.message ?? '');
  switch (step?.state) {
    case 'awaiting-approval':
      return message === '' ? `Waits for your approval of ${which}` : message;
    case 'executing':
      return `Runs ${which}${message === '' ? '' : `: ${message}`}`;
    case 'verifying':
      return `Verifies ${which}${message === '' ? '' : `: ${message}`}`;
    default:
      break;
  }
  if (stream.message !== '') return stream.message;
  return run.diagnosis === undefined ? 'Finding out what is wrong' : 'Getting the next step ready';
}
