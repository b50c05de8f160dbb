/** Time, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /**
   * Calls `callback` once after `ms` milliseconds.
   * @returns calls it off
   */
  after(ms: number, callback: () => void): () => void;
}

/** The time that passes. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
