/** What PagerDuty is told about a run: an acknowledgement, a note, a resolution. */
import type { Actor } from './record.ts';

export type WriteBackKind = 'acknowledge' | 'note' | 'resolve';

/** `already`: it was there before. `given-up`: it never will be sent; the message says why. */
export type WriteBackOutcome = 'written' | 'already' | 'given-up';

/** One thing to tell PagerDuty, as the journal has it. */
export interface WriteBack {
  readonly id: string;
  readonly kind: WriteBackKind;
  readonly incidentId: string;
  /** Null where a person asked for it without a run. */
  readonly runId: string | null;
  /** Address of the REST API that it belongs to. */
  readonly to: string;
  /** Who wanted it: what a person asked for is sent whatever the settings say. */
  readonly by: Actor;
  /** ISO 8601. */
  readonly wantedAt: string;
  /** The window that sends it, and since when (ISO 8601). */
  readonly window: string;
  readonly since: string;
  /** Not the window that wanted it. */
  readonly takenOver: boolean;
  /** Its run, as far as the journal tells. Absent where it belongs to none. */
  readonly run?: WriteBackRun;
  /** A newer run of the incident began after it was wanted. */
  readonly overtaken: boolean;
  readonly done?: { readonly outcome: WriteBackOutcome; readonly message: string; readonly time: string };
}

export interface WriteBackRun {
  readonly over: boolean;
  /** The last that was heard of it is a question to a person. */
  readonly waiting: boolean;
  /** ISO 8601: when it was last heard of. */
  readonly lastAt: string;
}
