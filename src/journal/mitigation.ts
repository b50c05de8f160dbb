/** Whether an incident was verified to be over, and stays so: a fold over all its runs. */
import type { JournalRecord } from '../domain/record.ts';
import type { RunState } from './run-fold.ts';

/** It was verified to be over, and then that was taken back. Times in ISO 8601. */
export interface OverUntil {
  readonly verifiedAt: string;
  readonly until: string;
  readonly why: 'an undo was run' | 'a later run did not see it over';
}

export interface Mitigation {
  /** From when on it was verified to be over, and stayed so: nothing was undone since, and no run without success followed. */
  readonly mitigatedAt?: string;
  /** When it was last verified to be over, where that does not hold any more. */
  readonly overUntil?: OverUntil;
}

/**
 * From when on it was verified to be over, or until when it was.
 * @param records those of one incident, in order
 * @param runs the fold over them, in the order in which they began
 */
export function mitigation(records: readonly JournalRecord[], runs: readonly RunState[]): Mitigation {
  const undos = new Set(
    runs.flatMap(({ runId, attempts }) =>
      attempts.flatMap(({ step, execution }) =>
        step.undoes === undefined || execution === undefined ? [] : [`${runId} ${execution.time}`],
      ),
    ),
  );
  const sound = new Set(runs.filter(foundNothing).map(({ runId }) => runId));
  let verifiedAt: string | undefined;
  let verifiedBy: string | null = null;
  let lost: OverUntil | undefined;
  for (const { type, runId, time, data } of records) {
    if (type === 'RunEnded' && data.status === 'resolved') {
      verifiedAt ??= time;
      verifiedBy = runId;
      lost = undefined;
    } else if (verifiedAt !== undefined) {
      const undone = type === 'ExecutionStarted' && undos.has(`${runId} ${time}`);
      // An undo that was not run ends its run once more, and has changed nothing.
      if (!undone && (type !== 'RunEnded' || runId === verifiedBy || sound.has(runId ?? ''))) continue;
      lost = { verifiedAt, until: time, why: undone ? 'an undo was run' : 'a later run did not see it over' };
      verifiedAt = undefined;
    }
  }
  const after = verifiedAt;
  const later =
    after === undefined
      ? undefined
      : runs.find(
          ({ runId, startedAt, phase }) => startedAt > after && phase !== 'resolved' && !sound.has(runId),
        );
  if (after !== undefined && later !== undefined)
    lost = { verifiedAt: after, until: later.startedAt, why: 'a later run did not see it over' };
  return lost !== undefined ? { overUntil: lost } : after === undefined ? {} : { mitigatedAt: after };
}

/** Whether a run looked, found nothing wrong and did nothing: that takes nothing back. */
function foundNothing({ diagnosis, attempts }: RunState): boolean {
  return diagnosis?.findings.length === 0 && attempts.every(({ execution }) => execution === undefined);
}
