/** The times in which the cluster could not be read, and for how long it is asked again. */
import { isOncallError } from '../domain/error.ts';
import { told } from '../domain/redaction/told.ts';
import type { Clock } from './clock.ts';

/** One that goes on. */
interface Trouble {
  /** When the first look began that got no answer. */
  readonly since: Date;
  /** Of the clock: until then everything was known to be readable. */
  readonly from: number;
  error: unknown;
}

/** What comes and goes with the connection; all else is a matter of rights or kinds, which waiting seldom changes. */
const passing = new Set(['cluster-unreachable', 'cluster-unauthorized', 'cancelled']);

export class Outages {
  private readonly clock: Clock;
  private readonly patienceMs: number;
  /** Of the clock: when everything could last be read. */
  private answeredAt: number;
  private trouble: Trouble | undefined;
  /** Milliseconds of those that are over. */
  private lost = 0;

  /** @param patienceMs how long all of them together are borne */
  constructor(clock: Clock, patienceMs: number) {
    this.clock = clock;
    this.patienceMs = patienceMs;
    this.answeredAt = clock.now();
  }

  get going(): boolean {
    return this.trouble !== undefined;
  }

  /** Milliseconds since everything could last be read. */
  get sinceAnswer(): number {
    return this.clock.now() - this.answeredAt;
  }

  /** A look that began at `since` got no answer. */
  failed(since: Date, error: unknown): void {
    this.trouble ??= { since, from: this.answeredAt, error };
    this.trouble.error = error;
  }

  /** Everything was read. @returns how many milliseconds it could not be read before, 0 where it always could */
  answered(): number {
    const now = this.clock.now();
    const lost = this.trouble === undefined ? 0 : now - this.trouble.from;
    this.lost += lost;
    this.trouble = undefined;
    this.answeredAt = now;
    return lost;
  }

  /**
   * Whether it is not worth asking again.
   * @param deadline of the clock: a missing right is not waited for any longer
   */
  isTooLong(deadline: number): boolean {
    if (this.trouble === undefined) return false;
    const now = this.clock.now();
    const { error, from } = this.trouble;
    if (isOncallError(error) && !passing.has(error.code) && now >= deadline) return true;
    return this.lost + now - from >= this.patienceMs;
  }

  /** `The cluster could not be read since 03:12 UTC: …`, a sentence without its full stop. */
  words(): string {
    if (this.trouble === undefined) return '';
    const { since, error } = this.trouble;
    const refused = isOncallError(error) && !passing.has(error.code);
    const what = refused ? 'Not all that would tell could be read' : 'The cluster could not be read';
    return `${what} since ${since.toISOString().slice(11, 16)} UTC: ${reason(error)}`;
  }
}

function reason(error: unknown): string {
  // A request that we gave up ourselves says nothing about why.
  return isOncallError(error) && error.code === 'cancelled'
    ? 'it did not answer in time'
    : told(error).replace(/\.$/, '');
}
