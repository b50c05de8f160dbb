/** Who or what breaks a run off. It is handed over as the reason of the run's signal. */
import { OncallError } from './error.ts';

/**
 * - `person`: somebody pressed Stop;
 * - `window`: the window was closed or reloaded, or the program around the agent ended;
 * - `practice`: practice ended, and with it what the run was connected to;
 * - `caller`: the program that started the run called it off, and did not say why.
 */
export type RunStopper = 'person' | 'window' | 'practice' | 'caller';

/** What a run is aborted with: `controller.abort(new RunStop('window'))`. */
export class RunStop extends OncallError {
  readonly stopper: RunStopper;

  constructor(stopper: RunStopper) {
    super('cancelled', `The run was broken off: ${stopWords[stopper]}`, 'Start it again when you are ready.');
    this.stopper = stopper;
  }
}

/** Who aborted a signal. By the look of its reason, because each bundle carries a class of its own. */
export function stopperOf(signal: AbortSignal): RunStopper {
  const stopper = (signal.reason as Partial<RunStop> | undefined)?.stopper;
  return stopper !== undefined && Object.hasOwn(stopWords, stopper) ? stopper : 'caller';
}

/** Why a run ended, as a clause. */
export const stopWords: Readonly<Record<RunStopper, string>> = {
  person: 'a person stopped it',
  window: 'the window was closed or reloaded',
  practice: 'practice ended',
  caller: 'the program that started it called it off',
};
