/**
 * An end to waiting that hangs on nobody else. A timer of our own, held by itself, and a race: neither a signal that is lost on
 * the way nor work that does not heed it keeps anybody waiting. (Node's `fetch` with `redirect: 'error'` loses its signal once the
 * headers are there, with the next garbage collection; `AbortSignal.timeout` inside `AbortSignal.any` is held weakly.)
 */

/** What a timer can wait, milliseconds. */
const longest = 2 ** 31 - 1;

/** The time is over. Named as what `AbortSignal.timeout` throws. */
export class OutOfTime extends Error {
  /** @param ms the limit, milliseconds */
  constructor(ms: number) {
    super(`It took longer than ${String(ms / 1000)} s`);
    this.name = 'TimeoutError';
  }
}

/** A limit that runs from now on. Whoever makes one ends it with {@link TimeLimit.end}. */
export class TimeLimit {
  readonly #own = new AbortController();
  readonly #given = Promise.withResolvers<never>();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = () => this.#giveUp(this.#caller?.reason);
  #reached = false;

  /**
   * @param ms milliseconds
   * @param caller ends it earlier
   */
  constructor(ms: number, caller?: AbortSignal) {
    this.#caller = caller;
    this.#given.promise.catch(() => undefined);
    this.#timer = setTimeout(
      () => {
        this.#reached = true;
        this.#giveUp(new OutOfTime(ms));
      },
      Math.min(ms, longest),
    );
    if (caller?.aborted === true) this.#onAbort();
    else caller?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Aborts when the time is over, or the caller's signal does. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Whether it was the time that ended it. */
  get reached(): boolean {
    return this.#reached;
  }

  /**
   * What `work` comes to, as long as there is time. Afterwards `work` is left to itself: whatever it still comes to is dropped.
   * @throws OutOfTime, the reason of the caller's signal, or what `work` throws
   */
  of<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#given.promise]);
  }

  /** From now on it ends nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }

  #giveUp(reason: unknown): void {
    this.end();
    this.#own.abort(reason);
    // Work that heeds the signal says better than we can what it was at.
    setTimeout(() => this.#given.reject(reason), 0);
  }
}

/**
 * Does work that may take so long and no longer.
 * @param ms milliseconds
 * @param caller ends it earlier
 * @throws OutOfTime, the reason of the caller's signal, or what the work throws
 */
export async function within<T>(
  ms: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller?.throwIfAborted();
  const limit = new TimeLimit(ms, caller);
  try {
    return await limit.of(work(limit.signal));
  } finally {
    limit.end();
  }
}
