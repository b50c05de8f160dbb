/** The runs that a process of this machine left in the middle of a step. */
import { canBeChecked } from '../domain/interruption.ts';
import type { RunView } from '../domain/run.ts';
import type { Journal } from './journal.ts';
import { runView } from './runs.ts';
import { whereabouts } from './windows.ts';

/**
 * Newest first, as far as nobody has looked yet at what became of the step.
 * @param limitSeconds what no step takes longer than: so long a run may go on in another process, if that may still be there
 * @param live the runs that go on in this process
 */
export async function interruptedRuns(
  journal: Journal,
  limitSeconds: number,
  live: ReadonlySet<string>,
  now: Date,
): Promise<RunView[]> {
  const views: RunView[] = [];
  for (const { runId, file, at, brokenOff } of await journal.unfinishedRuns()) {
    const where = whereabouts(file);
    const goesOn = where === 'alive' && !brokenOff && now.getTime() - Date.parse(at) < limitSeconds * 1000;
    if (where === 'elsewhere' || goesOn || live.has(runId)) continue;
    const view = runView(await journal.recordsOf(runId), runId, { liveRuns: new Set() });
    const open = view?.steps.some(
      ({ state, interruption }) => canBeChecked(state) && interruption === undefined,
    );
    if (view !== undefined && open === true) views.push(view);
  }
  return views.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
