/** Keeps the list of open incidents current, and never stops asking: one poll at a time, slower when PagerDuty asks for it. */
import type { OncallError } from '../domain/error.ts';
import type { Incident } from '../domain/incident.ts';
import { OutOfTime, within } from '../domain/time-limit.ts';
import { Unreachable, waitOf } from './failures.ts';

/** What there is to show. */
export interface PollerState {
  /** `loading` until the first poll is over; `error` as long as the list is not current. */
  readonly kind: 'loading' | 'ok' | 'error';
  /** The last list that was read; kept while errors last. */
  readonly incidents: readonly Incident[];
  /** Set with kind `error`. */
  readonly error?: unknown;
  /** When this state was told, in milliseconds since 1970. */
  readonly at: number;
  /** When the list was read, in milliseconds since 1970; absent where it never was. */
  readonly readAt?: number;
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
/** No poll takes so long, thousands of incidents included: what does hangs. */
const LONGEST_POLL_MS = 2 * 60_000;

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
  return Math.max(pause, waitOf(error));
}

/** What the poller is given besides what it reads. */
export interface PollerOptions {
  readonly intervalMs: number;
  /** Told of every state, in order. */
  readonly listener: (state: PollerState) => void;
  readonly timers?: Timers;
  /** After how many milliseconds a poll is given up and the next one begins in its turn; two minutes by default. */
  readonly limitMs?: number;
  /** Told of what the listener throws, which changes nothing about polling. */
  readonly onFault?: (error: unknown) => void;
}

export class IncidentPoller {
  readonly #load: (signal: AbortSignal) => Promise<readonly Incident[]>;
  readonly #intervalMs: number;
  readonly #limitMs: number;
  readonly #listener: (state: PollerState) => void;
  readonly #onFault: (error: unknown) => void;
  readonly #timers: Timers;
  #state: PollerState;
  #abort: AbortController | undefined;
  #timer: unknown;
  #polling: Promise<void> | undefined;
  #again = false;
  #failures = 0;

  /** @param load reads the open incidents, such as `(signal) => client.openIncidents(filter, signal)` */
  constructor(load: (signal: AbortSignal) => Promise<readonly Incident[]>, options: PollerOptions) {
    this.#load = load;
    this.#intervalMs = options.intervalMs;
    this.#limitMs = options.limitMs ?? LONGEST_POLL_MS;
    this.#listener = options.listener;
    this.#onFault = options.onFault ?? (() => undefined);
    this.#timers = options.timers ?? realTimers;
    this.#state = { kind: 'loading', incidents: [], at: this.#timers.now() };
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
   * Polls now. While a poll is under way, another one follows it, so that what changed meanwhile is seen.
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
      // A start after a stop, while the cancelled request was still ending, waits for exactly this.
      if (!signal.aborted) {
        const pause = nextPause(this.#intervalMs, this.#failures, this.#state.error);
        this.#timer = this.#timers.set(() => void this.refresh(), pause);
      } else if (this.#abort !== undefined) void this.refresh();
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { kind, incidents, readAt } = this.#state;
    if (kind === 'loading') this.#tell({ kind, incidents });
    let read: readonly Incident[];
    try {
      read = await within(this.#limitMs, signal, this.#load);
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      // Also after a refused token: it may be accepted again, and until then what was known is better than nothing.
      this.#tell({
        kind: 'error',
        incidents,
        error: error instanceof OutOfTime ? this.#hung(error) : error,
        ...(readAt === undefined ? {} : { readAt }),
      });
      return;
    }
    if (signal.aborted) return;
    this.#failures = 0;
    this.#tell({ kind: 'ok', incidents: read, readAt: this.#timers.now() });
  }

  #hung(cause: unknown): OncallError {
    return new Unreachable(
      `PagerDuty did not give the list of incidents within ${String(this.#limitMs / 1000)} s`,
      'It is asked again by itself; check the network and the proxy.',
      false,
      { cause },
    );
  }

  #tell(state: Omit<PollerState, 'at'>): void {
    this.#state = { ...state, at: this.#timers.now() };
    try {
      this.#listener(this.#state);
    } catch (error) {
      this.#onFault(error);
    }
  }
}
