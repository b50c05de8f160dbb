/** How the newest run for an incident marks its row, as far as runs are known in this window. */
import type { LazyRuns } from '../lazyRuns.ts';
import { failedMark, runMark, type RunMark } from './present.ts';

export function runMarks(runs: LazyRuns): (incidentId: string) => RunMark | undefined {
  return (incidentId) => {
    const desk = runs.loaded?.desk;
    const runId = desk?.latestFor(incidentId);
    if (desk === undefined || runId === undefined) return undefined;
    if (desk.startOf(runId)?.failure !== undefined) return failedMark;
    // Before its first record a run is as good as begun.
    return runMark(desk.view(runId)?.phase ?? 'detected');
  };
}
