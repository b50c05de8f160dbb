/** Time that tests can move and practice can speed up. */

export interface Clock {
  /** How many times faster than real time waits go by. */
  readonly speed: number;
  /** Milliseconds since 1970, as timestamps in objects show them. */
  now(): number;
  /**
   * Calls `action` once, after a time.
   * @param milliseconds in the world's own time: ten seconds of back-off are 10,000, whatever the speed
   * @returns cancels it
   */
  after(milliseconds: number, action: () => void): () => void;
}

/**
 * The wall clock. Timers never keep the process alive by themselves.
 * @param speed how many times faster waits go by; what `now` says stays the real time
 */
export function wallClock(speed = 1): Clock {
  return {
    speed,
    now: () => Date.now(),
    after(milliseconds, action) {
      const timer = setTimeout(action, milliseconds / speed);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/** A time as objects carry it: RFC 3339 in whole seconds. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
