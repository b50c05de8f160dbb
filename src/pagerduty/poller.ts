/** Keeps the list of open incidents current: one request at a time, slower when PagerDuty asks for it. */
import { isOncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import { RateLimited } from './failures.ts';

/** What there is to show. */
export interface PollerState {
  /** `loading` until the first poll is over, and while a person waits for the end of a halt. */
  readonly kind: 'loading' | 'ok' | 'error';
  /** The last list that was read; kept while errors last. */
  readonly incidents: readonly Incident[];
  /** Set with kind `error`. */
  readonly error?: unknown;
  /** When the poller got into this state, in milliseconds since 1970. */
  readonly at: number;
  /** Polling waits for a person: the token is wrong or may not read incidents. */
  readonly halted: boolean;
}

/** The clock, for tests. */
export interface Timers {
  set(callback: () => void, ms: number): unknown;
  clear(timer: unknown): void;
  now(): number;
}

/** The time that passes. */
export const realTimers: Timers = {
  set: (callback, ms) => setTimeout(callback, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  now: () => Date.now(),
};

const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Milliseconds until the next poll: the interval; after failures twice as long each time, five minutes at most;
 * and never before PagerDuty takes requests again.
 * @param failures polls in a row that failed
 */
export function nextPause(intervalMs: number, failures: number, error?: unknown): number {
  const pause =
    failures === 0
      ? intervalMs
      : Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, LONGEST_PAUSE_MS));
  return error instanceof RateLimited ? Math.max(pause, error.waitMs) : pause;
}

export class IncidentPoller {
  readonly #load: (signal: AbortSignal) => Promise<readonly Incident[]>;
  readonly #intervalMs: number;
  readonly #listener: (state: PollerState) => void;
  readonly #timers: Timers;
  #state: PollerState;
  #abort: AbortController | undefined;
  #timer: unknown;
  #polling: Promise<void> | undefined;
  #again = false;
  #failures = 0;

  /**
   * @param load reads the open incidents, such as `(signal) => client.openIncidents(filter, signal)`
   * @param listener told of every state, in order
   */
  constructor(
    load: (signal: AbortSignal) => Promise<readonly Incident[]>,
    options: { intervalMs: number; listener: (state: PollerState) => void; timers?: Timers },
  ) {
    this.#load = load;
    this.#intervalMs = options.intervalMs;
    this.#listener = options.listener;
    this.#timers = options.timers ?? realTimers;
    this.#state = { kind: 'loading', incidents: [], at: this.#timers.now(), halted: false };
  }

  get state(): PollerState {
    return this.#state;
  }

  /** Polls now and from then on; a poller that runs already is left alone. */
  start(): void {
    if (this.#abort !== undefined) return;
    this.#abort = new AbortController();
    void this.refresh();
  }

  /** Cancels the request under way and polls no more. No state is told of after this. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#timers.clear(this.#timer);
    this.#again = false;
  }

  /**
   * Polls now, also after a halt. While a poll is under way, another one follows it, so that what changed meanwhile is seen.
   * Resolves when the list is current (or known not to be); never rejects. Does nothing on a poller that is not started.
   */
  async refresh(): Promise<void> {
    if (this.#abort === undefined) return;
    if (this.#polling !== undefined) {
      this.#again = true;
      return this.#polling;
    }
    this.#timers.clear(this.#timer);
    const polling = this.#pollUntilCurrent(this.#abort.signal);
    this.#polling = polling;
    await polling;
  }

  async #pollUntilCurrent(signal: AbortSignal): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#poll(signal);
      } while (this.#again && !signal.aborted);
    } finally {
      this.#polling = undefined;
    }
    // A start after a stop, while the cancelled request was still ending, waits for exactly this.
    if (signal.aborted) {
      if (this.#abort !== undefined) void this.refresh();
      return;
    }
    if (this.#state.halted) return;
    const pause = nextPause(this.#intervalMs, this.#failures, this.#state.error);
    this.#timer = this.#timers.set(() => void this.refresh(), pause);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    if (this.#state.kind === 'loading' || this.#state.halted) {
      this.#tell({ kind: 'loading', incidents: this.#state.incidents });
    }
    try {
      const incidents = await this.#load(signal);
      if (signal.aborted) return;
      this.#failures = 0;
      this.#tell({ kind: 'ok', incidents });
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      const halted =
        isOncallError(error) && ['pagerduty-unauthorized', 'pagerduty-forbidden'].includes(error.code);
      this.#tell({ kind: 'error', incidents: this.#state.incidents, error, halted });
    }
  }

  #tell(state: Omit<PollerState, 'at' | 'halted'> & { halted?: boolean }): void {
    this.#state = { halted: false, ...state, at: this.#timers.now() };
    this.#listener(this.#state);
  }
}
