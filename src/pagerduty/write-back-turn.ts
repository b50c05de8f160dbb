/** Whose turn it is to tell PagerDuty something, and whether it still should be told. Pure. */
import type { WriteBack } from '../domain/write-back.ts';

/** One attempt never lasts longer. */
export const attemptMs = 45_000;
/**
 * How long a window that takes something over waits before it sends: longer than an attempt lasts, so that what the window
 * before it may still be sending has arrived and is seen.
 */
export const settleMs = 60_000;
/** How long something must stay unsent, while PagerDuty answers, before another window takes it over: longer than any pause between two attempts. */
export const abandonedMs = 6 * 60_000;
/** A run that neither ended nor was heard of for so long has lost its window. */
export const quietMs = 60 * 60_000;
/** A status says how it is now: what was verified, or asked for by a person, longer ago says nothing of now. */
export const resolveWithinMs = 60 * 60_000;

export type Turn =
  | { readonly kind: 'send' }
  | { readonly kind: 'take' }
  /** `ms` is absent where only something that happens can change it. */
  | { readonly kind: 'wait'; readonly ms?: number }
  | { readonly kind: 'drop'; readonly why: string };

/** What a window knows besides the journal. */
export interface TurnSituation {
  readonly window: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** For how many milliseconds this window has seen it unsent while PagerDuty answered. */
  readonly seenMs: number;
}

/** What a window does about one thing that is not done. */
export function turnOf(one: WriteBack, { window, now, seenMs }: TurnSituation): Turn {
  const over = one.run?.over ?? true;
  if (one.window !== window)
    return seenMs >= abandonedMs && isLeft(one, now) ? { kind: 'take' } : { kind: 'wait' };
  if (one.takenOver) {
    const rest = Date.parse(one.since) + settleMs - now;
    if (rest > 0) return { kind: 'wait', ms: rest };
  }
  switch (one.kind) {
    case 'acknowledge':
      if (one.by.type === 'user')
        return now - Date.parse(one.wantedAt) > resolveWithinMs
          ? { kind: 'drop', why: 'it was asked for too long ago' }
          : { kind: 'send' };
      return over || one.takenOver
        ? { kind: 'drop', why: 'the run was over before PagerDuty could be told that it had begun' }
        : { kind: 'send' };
    case 'note':
      return over || one.takenOver ? { kind: 'send' } : { kind: 'wait' };
    case 'resolve':
      if (one.overtaken) return { kind: 'drop', why: 'a newer run of the incident has begun since' };
      return now - Date.parse(one.wantedAt) > resolveWithinMs
        ? { kind: 'drop', why: 'it was verified too long ago to say that the incident is over now' }
        : { kind: 'send' };
  }
}

/** Whether nobody seems to work on it: the run of another window that goes on, or waits for a person, is left alone. */
function isLeft({ run }: WriteBack, now: number): boolean {
  if (run === undefined || run.over) return true;
  return !run.waiting && now - Date.parse(run.lastAt) > quietMs;
}
