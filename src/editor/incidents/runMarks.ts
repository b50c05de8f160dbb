/** How the newest run for an incident marks its row: of this window, or of another one that is open. */
import type { IncidentRun } from '../../journal/incident-runs.ts';
import { whereabouts } from '../../journal/windows.ts';
import type { LazyRuns } from '../lazyRuns.ts';
import type { Session } from '../session.ts';
import { failedMark, runMark, type RunMark } from './present.ts';

export function runMarks(runs: LazyRuns, session: Session): (incidentId: string) => RunMark | undefined {
  return (incidentId) => {
    const desk = runs.loaded?.desk;
    const runId = desk?.latestFor(incidentId);
    const { known } = session.agent;
    const other = known?.incidents.newest(incidentId, (id) => desk?.startOf(id) !== undefined);
    const ownAt = runId === undefined ? '' : known?.incidents.newest(incidentId, (id) => id !== runId)?.at;
    if (other !== undefined && isNews(other, ownAt)) return runMark(other.phase, 'run in another window');
    if (desk === undefined || runId === undefined) return undefined;
    if (desk.startOf(runId)?.failure !== undefined) return failedMark;
    // Before its first record a run is as good as begun.
    return runMark(desk.view(runId)?.phase ?? 'detected');
  };
}

/** Whether a run of another window tells more than the one of this window, whose last record is of `ownAt`. */
function isNews({ file, at }: IncidentRun, ownAt: string | undefined): boolean {
  return at > (ownAt ?? '') && whereabouts(file) === 'alive';
}
