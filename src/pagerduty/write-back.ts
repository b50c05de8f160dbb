/**
 * Tells PagerDuty what is in the outbox: in order, once each, again later where PagerDuty does not answer.
 *
 * Nothing is sent twice. Before each attempt the outbox is read anew and PagerDuty is asked what it has already. A window that
 * finds something of another window unsent for long says in the journal that it takes it over, waits longer than an attempt of
 * that window can last, and only then begins.
 */
import { explain } from '../domain/error.ts';
import { OutOfTime, within } from '../domain/time-limit.ts';
import type { RunView } from '../domain/run.ts';
import type { WriteBack, WriteBackOutcome } from '../domain/write-back.ts';
import type { PagerDutyClient } from './client.ts';
import { Declined, mayPass, RateLimited, Unreachable } from './failures.ts';
import { hasMark, noteText } from './note.ts';
import { nextPause, realTimers, type Timers } from './poller.ts';
import { attemptMs, turnOf } from './write-back-turn.ts';

/** Where it is kept what is to be told: the journal. */
export interface Outbox {
  /** All of it, of every window, what is done too, in order. */
  read(): Promise<readonly WriteBack[]>;
  take(one: WriteBack): Promise<void>;
  /** @param text of a note, as it was sent */
  finish(one: WriteBack, outcome: WriteBackOutcome, message: string, text?: string): Promise<void>;
  /** A run as it is told in a note; undefined where the journal has lost it. */
  run(runId: string): Promise<RunView | undefined>;
}

export interface WriteBackOptions {
  /** The name under which this window wants and takes things. */
  readonly window: string;
  /** Why something may not be told any more, because the settings have changed; undefined where it may. */
  readonly forbidden: (one: WriteBack) => string | undefined;
  /** Whether PagerDuty answers at all, as far as is known. */
  readonly answers: () => boolean;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Told after PagerDuty has changed. */
  readonly onWritten?: (one: WriteBack) => void;
  readonly timers?: Timers;
  /** Time limit of one attempt, milliseconds; that of {@link attemptMs} by default, which other windows count on. */
  readonly attemptMs?: number;
}

/** What is used of PagerDuty. */
export type WritableClient = Pick<
  PagerDutyClient,
  'address' | 'incident' | 'notes' | 'addNote' | 'acknowledge' | 'resolve'
>;

/** How often it is looked for what other windows left behind. */
const lookEveryMs = 60_000;
const firstPauseMs = 10_000;

export class WriteBackSender {
  readonly #client: WritableClient;
  readonly #outbox: Outbox;
  readonly #options: WriteBackOptions;
  readonly #timers: Timers;
  readonly #abort = new AbortController();
  /** Since when something of another window is seen unsent, by id: milliseconds since 1970. */
  readonly #seen = new Map<string, number>();
  /** Ids of what this window has finished, whatever a reading of the journal may still say. */
  readonly #finished = new Set<string>();
  #timer: unknown;
  #round: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  /** Milliseconds since 1970: PagerDuty takes nothing before. */
  #notBefore = 0;
  /** Waits for a person: with these settings PagerDuty takes nothing. */
  #halted = false;

  constructor(client: WritableClient, outbox: Outbox, options: WriteBackOptions) {
    this.#client = client;
    this.#outbox = outbox;
    this.#options = options;
    this.#timers = options.timers ?? realTimers;
  }

  /** Begins to look from time to time; what was wanted before is not waited for. */
  start(): void {
    this.#schedule(firstPauseMs);
  }

  /** Ends what is under way. It may have reached PagerDuty: the next one who begins looks. */
  stop(): void {
    this.#abort.abort();
    this.#timers.clear(this.#timer);
  }

  /** Sends what there is to send now. Resolves when it is sent or put off; never rejects. */
  async wake(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#again = true;
    this.#round ??= this.#rounds();
    await this.#round;
  }

  async #rounds(): Promise<void> {
    // Those who wake it in the same turn have all been heard before it begins.
    await Promise.resolve();
    this.#timers.clear(this.#timer);
    this.#halted = false;
    let pause = lookEveryMs;
    while (this.#again && !this.#abort.signal.aborted) {
      this.#again = false;
      const left = this.#notBefore - this.#timers.now();
      pause = left > 0 ? left : await this.#sendAll();
    }
    this.#schedule(pause);
    this.#round = undefined;
  }

  #schedule(ms: number): void {
    if (this.#abort.signal.aborted) return;
    this.#timers.clear(this.#timer);
    this.#timer = this.#timers.set(() => {
      if (this.#halted) this.#schedule(lookEveryMs);
      else void this.wake();
    }, ms);
  }

  /** @returns milliseconds until there is something to look at again */
  async #sendAll(): Promise<number> {
    const { signal } = this.#abort;
    let current: WriteBack | undefined;
    try {
      for (;;) {
        const { turn, one, pause } = await this.#next();
        current = one;
        if (one === undefined || signal.aborted) {
          this.#failures = 0;
          return pause;
        }
        if (turn === 'take') {
          this.#seen.delete(one.id);
          await this.#outbox.take(one);
        } else await this.#send(one, turn);
      }
    } catch (error) {
      if (signal.aborted) return lookEveryMs;
      return this.#failed(current, error);
    }
  }

  /** The first thing that can be done now; without one, how long nothing will be. */
  async #next(): Promise<
    | { turn: 'take' | 'send' | { drop: string }; one: WriteBack; pause: 0 }
    | { turn?: undefined; one?: undefined; pause: number }
  > {
    const open = (await this.#outbox.read()).filter(
      ({ id, done, to }) => done === undefined && to === this.#client.address && !this.#finished.has(id),
    );
    const now = this.#timers.now();
    this.#look(open, now);
    // A person waits for theirs, and not behind a note that PagerDuty does not take.
    open.sort((a, b) => Number(b.by.type === 'user') - Number(a.by.type === 'user'));
    let pause = lookEveryMs;
    for (const one of open) {
      const forbidden = one.window === this.#options.window ? this.#options.forbidden(one) : undefined;
      if (forbidden !== undefined) return { turn: { drop: forbidden }, one, pause: 0 };
      const seenMs = now - (this.#seen.get(one.id) ?? now);
      const turn = turnOf(one, { window: this.#options.window, now, seenMs });
      if (turn.kind === 'drop') return { turn: { drop: turn.why }, one, pause: 0 };
      if (turn.kind !== 'wait') return { turn: turn.kind, one, pause: 0 };
      pause = Math.min(pause, turn.ms ?? pause);
    }
    return { pause };
  }

  /** Remembers since when something is seen unsent. While PagerDuty does not answer, nobody can be blamed for it. */
  #look(open: readonly WriteBack[], now: number): void {
    const others = open.filter(({ window }) => window !== this.#options.window);
    const ids = new Set(others.map(({ id }) => id));
    for (const id of this.#seen.keys()) {
      if (!ids.has(id) || this.#failures > 0 || !this.#options.answers()) this.#seen.delete(id);
    }
    if (this.#failures > 0 || !this.#options.answers()) return;
    for (const id of ids) if (!this.#seen.has(id)) this.#seen.set(id, now);
  }

  async #send(one: WriteBack, turn: 'send' | { drop: string }): Promise<void> {
    if (turn !== 'send') return this.#finish(one, 'given-up', turn.drop);
    const { kind } = one;
    try {
      await within(this.#options.attemptMs ?? attemptMs, this.#abort.signal, (signal) =>
        kind === 'note' ? this.#sendNote(one, signal) : this.#sendStatus(one, kind, signal),
      );
    } catch (error) {
      if (error instanceof OutOfTime) {
        throw new Unreachable(
          `PagerDuty at ${this.#client.address} did not take it in time`,
          'It may have been sent: that is looked at before it is tried again.',
          false,
          { cause: error },
        );
      }
      if (!(error instanceof Declined)) throw error;
      await this.#finish(one, 'given-up', explain(error));
    }
  }

  async #sendNote(one: WriteBack, signal: AbortSignal): Promise<void> {
    const run = one.runId === null ? undefined : await this.#outbox.run(one.runId);
    if (run === undefined) return this.#finish(one, 'given-up', 'the journal has lost the run');
    const text = noteText(run, one.id);
    const notes = await this.#client.notes(one.incidentId, signal, 'write');
    if (notes.some(({ content }) => hasMark(content, one.id))) {
      return this.#finish(one, 'already', 'the note was there already', text);
    }
    await this.#client.addNote(one.incidentId, text, signal);
    await this.#finish(one, 'written', 'the note was added', text);
  }

  async #sendStatus(one: WriteBack, kind: 'acknowledge' | 'resolve', signal: AbortSignal): Promise<void> {
    const { status } = await this.#client.incident(one.incidentId, signal, 'write');
    if (status === 'resolved') return this.#finish(one, 'already', 'the incident was resolved already');
    if (kind === 'acknowledge' && status === 'acknowledged') {
      return this.#finish(one, 'already', 'the incident was acknowledged already');
    }
    await this.#client[kind](one.incidentId, signal);
    await this.#finish(
      one,
      'written',
      kind === 'resolve' ? 'the incident was resolved' : 'the incident was acknowledged',
    );
  }

  async #finish(one: WriteBack, outcome: WriteBackOutcome, message: string, text?: string): Promise<void> {
    await this.#outbox.finish(one, outcome, message, text);
    this.#finished.add(one.id);
    if (outcome === 'written') this.#failures = 0;
    if (outcome !== 'given-up') this.#options.onWritten?.(one);
  }

  /** @returns milliseconds until the next attempt */
  #failed(one: WriteBack | undefined, error: unknown): number {
    this.#failures += 1;
    this.#seen.clear();
    const pause = nextPause(firstPauseMs, this.#failures, error);
    if (error instanceof RateLimited) this.#notBefore = this.#timers.now() + error.waitMs;
    const what =
      one === undefined
        ? 'Reading what PagerDuty is to be told'
        : `Telling PagerDuty about incident ${one.incidentId} (${one.kind})`;
    // A token that is not accepted may be again: PagerDuty has such moments, and so has what lies in between.
    this.#halted = !mayPass(error);
    const next = this.#halted
      ? 'It is tried again when the settings or the token change.'
      : `It is tried again in ${String(Math.ceil(pause / 1000))} s.`;
    // The first failure is news; that it goes on is not.
    this.#options.log(
      this.#failures === 1 || this.#halted ? 'warn' : 'info',
      `${what}: ${explain(error)} ${next}`,
    );
    return pause;
  }
}
