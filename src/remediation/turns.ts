/** Lets runs on the same target go one after another, each on what the one before left behind. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /**
   * Waits until everybody who asked for the same key before has given their turn up.
   * @returns gives it up; may be called more than once
   * @throws what the signal was aborted with
   */
  async take(key: string, signal: AbortSignal, onWait: () => void): Promise<() => void> {
    const before = this.last.get(key);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const turn = (before ?? Promise.resolve()).then(() => promise);
    this.last.set(key, turn);
    void turn.then(() => {
      if (this.last.get(key) === turn) this.last.delete(key);
    });
    if (before !== undefined) {
      onWait();
      try {
        await unlessAborted(before, signal);
      } catch (error) {
        resolve(undefined);
        throw error;
      }
    }
    return () => resolve(undefined);
  }
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
