/** What other runs, of any window, did since a plan was made that can still be acted on. Pure. */
import type { RunPhase, RunView } from '../domain/run.ts';
import type { History } from '../journal/history.ts';
import { newsFor } from '../remediation/outdated.ts';

/** Phases in which a plan waits to be acted on. */
const acting: ReadonlySet<RunPhase> = new Set(['planned', 'awaiting approval', 'proposed']);

/**
 * Why a run's plan is outdated; a sentence, or undefined where it is not.
 * @param limitSeconds what no step takes longer than
 */
export function planNews(
  view: Pick<RunView, 'runId' | 'incidentId' | 'context' | 'phase' | 'startedAt' | 'steps'>,
  known: Pick<History, 'changes' | 'incidents'> | undefined,
  now: Date,
  limitSeconds: number,
): string | undefined {
  if (known === undefined || !acting.has(view.phase)) return undefined;
  const { runId, incidentId, context } = view;
  const at = [...known.incidents.recent()].find((run) => run.runId === runId)?.plannedAt ?? view.startedAt;
  const open = view.steps.filter(({ risk }) => risk.mutates);
  for (const step of open.length === 0 ? [undefined] : open) {
    const [first] = newsFor(known, { runId, incidentId, context, at }, step, now, limitSeconds);
    if (first !== undefined) return first.text;
  }
  return undefined;
}
