/** What became of the way back from an executed step: a fold over its run. Report and debrief tell it. */
import type { Actor } from '../domain/record.ts';
import { undoOfAttempt, whyNoUndo, type Attempt, type RunState } from './run-fold.ts';

export type WayBack =
  /** There is none. */
  | { readonly kind: 'none' }
  /** There is nothing to take back: the command changed nothing. */
  | { readonly kind: 'not-needed' }
  /** Nobody took it. */
  | { readonly kind: 'open' }
  /** It was planned, and its command was not run. */
  | { readonly kind: 'not-run'; readonly message: string }
  /** Its command was run, and what was before was seen to be there again. */
  | { readonly kind: 'taken'; readonly run: UndoRun }
  /** Its command was run, and that it took hold was not seen. */
  | { readonly kind: 'tried'; readonly run: UndoRun };

/** An undo whose command was started. */
export interface UndoRun {
  readonly command: string;
  /** ISO 8601. */
  readonly at: string;
  /** Absent where it ran by itself. */
  readonly by?: Actor;
  /** Whether the command ended well; undefined where its end was not seen. */
  readonly endedWell?: boolean;
  /** What became of it, in words. */
  readonly message: string;
}

/** What became of the way back from an attempt of a run. Total. */
export function wayBackOf(run: RunState, attempt: Attempt): WayBack {
  const undos = undosOf(run, attempt);
  const ran = undos.filter(({ execution }) => execution !== undefined);
  const last = ran.findLast(wentThrough) ?? ran.at(-1);
  if (last?.execution !== undefined)
    return { kind: wentThrough(last) ? 'taken' : 'tried', run: runOf(last, last.execution) };
  const planned = undos.at(-1);
  if (planned !== undefined) return { kind: 'not-run', message: `${planned.state}: ${planned.message}` };
  if (undoOfAttempt(attempt) === undefined) return { kind: 'none' };
  return { kind: whyNoUndo(attempt) === 'nothing-changed' ? 'not-needed' : 'open' };
}

const wentThrough = ({ state }: Attempt): boolean => state === 'verified' || state === 'done';

/** The undos of one execution: those that came after it, and before its step was executed again. */
function undosOf({ attempts }: RunState, { step, execution }: Attempt): Attempt[] {
  if (execution === undefined) return [];
  const next = attempts.find(
    (other) =>
      other.step.id === step.id && other.execution !== undefined && other.execution.time > execution.time,
  )?.execution?.time;
  return attempts.filter((other) => {
    const at = other.execution?.time ?? other.decidedAt;
    return other.step.undoes === step.id && at >= execution.time && (next === undefined || at < next);
  });
}

function runOf(undo: Attempt, { time, data }: NonNullable<Attempt['execution']>): UndoRun {
  const { result, approvedBy } = undo;
  return {
    command: undo.step.command,
    at: time,
    ...(data.automatic || approvedBy === undefined ? {} : { by: approvedBy }),
    ...(result === undefined ? {} : { endedWell: result.exitCode === 0 && result.error === undefined }),
    message: undo.message,
  };
}
