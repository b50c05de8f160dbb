/** A clock that stands still until a test turns it. */
import type { Clock } from '../../src/remediation/clock.ts';

export class FakeClock implements Clock {
  private time = 0;
  private timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  /** Lets `seconds` pass: every timer that is due fires at its own time, and all that follows from it happens before the next. */
  async pass(seconds: number): Promise<void> {
    const end = this.time + seconds * 1000;
    await idle();
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.callback();
      await idle();
    }
    this.time = end;
  }
}

/** Lets everything that is already under way go on until it waits. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
