/** The circuit breaker as a fold over what happened. */
import type { BreakerEvent, BreakerSettings, BreakerState, BreakerStatus } from '../domain/decision.ts';

/**
 * Works out the breaker's state.
 *
 * It opens after `failureThreshold` failures in a row and half-opens `resetAfterSeconds` later. While it is not closed,
 * `successesToClose` successes in a row close it, and a failure while it is half-open opens it anew.
 *
 * @param events in the order in which they happened
 * @param now the moment to answer for
 */
export function breakerStatus(
  events: readonly BreakerEvent[],
  settings: BreakerSettings,
  now: Date,
): BreakerStatus {
  const threshold = Math.max(1, settings.failureThreshold);
  const successesToClose = Math.max(1, settings.successesToClose);
  const resetAfter = Math.max(0, settings.resetAfterSeconds) * 1000;
  let state = 'closed' as BreakerState;
  let failures = 0;
  let successes = 0;
  let halfOpensAt = 0;

  // A time that cannot be read compares as false: the breaker then stays open until it is reset or closed by successes.
  const letTimePass = (time: number): void => {
    if (state === 'open' && time >= halfOpensAt) state = 'half-open';
  };

  for (const event of events) {
    const time = Date.parse(event.time);
    letTimePass(time);
    if (event.outcome === 'reset') {
      state = 'closed';
      failures = 0;
      successes = 0;
    } else if (event.outcome === 'success') {
      failures = 0;
      successes++;
      if (state !== 'closed' && successes >= successesToClose) state = 'closed';
    } else {
      failures++;
      successes = 0;
      if (state === 'half-open' || (state === 'closed' && failures >= threshold)) {
        state = 'open';
        halfOpensAt = time + resetAfter;
      }
    }
  }
  letTimePass(now.getTime());

  const status = { state, consecutiveFailures: failures };
  return state === 'open' && !Number.isNaN(halfOpensAt)
    ? { ...status, opensUntil: new Date(halfOpensAt).toISOString() }
    : status;
}
