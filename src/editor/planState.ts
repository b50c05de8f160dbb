/** Puts together everything that the plan panel draws. */
import type { ContextAppearance } from '../domain/context-appearance.ts';
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { RunStatus, RunView } from '../domain/run.ts';
import type { PlanState } from '../ipc/plan.ts';
import { incidentReport } from '../journal/report.ts';
import { commandTokens } from './commandTokens.ts';
import type { RunStart } from './liveRun.ts';
import type { RunDesk } from './runDesk.ts';

/** What the panel shows besides the run. */
export interface PlanSurroundings {
  readonly breaker: () => BreakerStatus;
  readonly mode: () => Mode;
  /** How a kubeconfig context looks. */
  readonly appearance: (context: string) => ContextAppearance;
  /** Whether a run is a rehearsal. */
  readonly practice: (runId: string) => boolean;
  /** Whether PagerDuty lists an incident as open. */
  readonly incidentIsOpen: (incidentId: string) => boolean;
}

/** The most lines of a timeline that are shown: the last ones. */
const linesKept = 200;

/** @returns undefined where nothing is known of the run */
export function planState(
  desk: RunDesk,
  runId: string,
  surroundings: PlanSurroundings,
  past: RunPast,
): Omit<PlanState, 'refusal'> | undefined {
  const start = desk.startOf(runId);
  const run = desk.view(runId) ?? (start && beginning(runId, start, surroundings.mode()));
  if (run === undefined) return undefined;
  const live = desk.live(runId);
  return {
    run,
    stream: {
      analysis: live.analysis,
      ...(live.usage === undefined ? {} : { usage: live.usage }),
      message: live.progress.get('') ?? '',
      steps: Object.fromEntries(
        run.steps.map(({ id }) => [
          id,
          { message: live.progress.get(id) ?? '', output: (live.output.get(id) ?? []).join('\n') },
        ]),
      ),
    },
    live: desk.isLive(runId),
    ...(live.outdated === undefined ? {} : { outdated: live.outdated }),
    breaker: surroundings.breaker(),
    practice: surroundings.practice(runId),
    incidentIsOpen: surroundings.incidentIsOpen(run.incidentId),
    appearance: surroundings.appearance(run.context),
    tokens: Object.fromEntries(
      run.steps.map(({ id, argv, undo }) => [
        id,
        { command: commandTokens(argv), undo: undo === undefined ? [] : commandTokens(undo.argv) },
      ]),
    ),
    ...past,
    together: desk.offeredTogether(runId),
    approvedTogether: desk.approvedTogether(runId),
    approvedAhead: desk.approvedAhead(runId).map(({ stepId }) => stepId),
  };
}

/** What a run's records tell besides its view. */
export type RunPast = Pick<PlanState, 'timeline' | 'runningSince'>;

/** The timeline of a run, as an incident report tells it, and since when its steps run. */
export function pastOf(records: readonly JournalRecord[]): RunPast {
  const incidentId = records[0]?.incidentId ?? '';
  const lines = incidentReport(records, incidentId)?.timeline ?? [];
  return {
    timeline: lines.slice(-linesKept).map(({ time, text, command, by }) => ({
      time,
      text,
      ...(command === undefined ? {} : { command }),
      ...(by === undefined ? {} : { by }),
    })),
    runningSince: Object.fromEntries(
      records.flatMap((record) =>
        record.type === 'ExecutionStarted' ? [[record.data.stepId, record.time]] : [],
      ),
    ),
  };
}

/** A run that has no record yet, or never got one because it could not start. */
function beginning(runId: string, { incidentId, title, failure }: RunStart, mode: Mode): RunView {
  const failed: RunStatus = 'unresolved';
  return {
    runId,
    incidentId,
    title,
    mode,
    context: 'not connected yet',
    phase: failure === undefined ? 'detected' : failed,
    startedAt: new Date().toISOString(),
    steps: [],
    ...(failure === undefined ? {} : { message: failure }),
  };
}
