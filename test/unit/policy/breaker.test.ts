/** The circuit breaker stops automation after repeated failures and lets it back in carefully. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultBreakerSettings } from '../../../src/domain/decision.ts';
import type { BreakerEvent, BreakerStatus } from '../../../src/domain/decision.ts';
import { breakerStatus } from '../../../src/policy/breaker.ts';

const start = Date.UTC(2026, 0, 1);
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const fail = (seconds: number): BreakerEvent => ({ time: at(seconds), outcome: 'failure' });
const succeed = (seconds: number): BreakerEvent => ({ time: at(seconds), outcome: 'success' });
const reset = (seconds: number): BreakerEvent => ({ time: at(seconds), outcome: 'reset' });
const statusAt = (seconds: number, ...events: BreakerEvent[]): BreakerStatus =>
  breakerStatus(events, defaultBreakerSettings, new Date(start + seconds * 1000));
const five = [fail(1), fail(2), fail(3), fail(4), fail(5)];

describe('the circuit breaker', () => {
  it('is closed while nothing happened', () => {
    assert.deepEqual(statusAt(0), { state: 'closed', consecutiveFailures: 0 });
  });

  it('opens after five failures in a row and says until when', () => {
    assert.deepEqual(statusAt(4, ...five.slice(0, 4)), { state: 'closed', consecutiveFailures: 4 });
    assert.deepEqual(statusAt(5, ...five), { state: 'open', consecutiveFailures: 5, opensUntil: at(305) });
  });

  it('counts only failures in a row', () => {
    assert.equal(statusAt(9, ...five.slice(0, 4), succeed(6), fail(7)).state, 'closed');
    assert.equal(statusAt(9, ...five.slice(0, 4), succeed(6), fail(7)).consecutiveFailures, 1);
  });

  it('half-opens after five minutes', () => {
    assert.equal(statusAt(304, ...five).state, 'open');
    assert.deepEqual(statusAt(305, ...five), { state: 'half-open', consecutiveFailures: 5 });
  });

  it('closes after two successes in a row', () => {
    assert.equal(statusAt(401, ...five, succeed(400)).state, 'half-open');
    assert.equal(statusAt(402, ...five, succeed(400), succeed(401)).state, 'closed');
  });

  it('counts approved successes while it is open', () => {
    assert.equal(statusAt(8, ...five, succeed(6), succeed(7)).state, 'closed');
    assert.equal(statusAt(400, ...five, succeed(6), succeed(399)).state, 'closed');
    assert.equal(statusAt(9, ...five, succeed(6), fail(7), succeed(8)).state, 'open');
  });

  it('opens again on a failure while it is half-open', () => {
    assert.deepEqual(statusAt(401, ...five, fail(400)), {
      state: 'open',
      consecutiveFailures: 6,
      opensUntil: at(700),
    });
    assert.equal(statusAt(402, ...five, succeed(399), fail(400), succeed(401)).state, 'open');
  });

  it('needs five failures again once it has closed', () => {
    assert.equal(statusAt(404, ...five, succeed(400), succeed(401), fail(402)).state, 'closed');
  });

  it('closes when a person resets it', () => {
    assert.deepEqual(statusAt(7, ...five, reset(6)), { state: 'closed', consecutiveFailures: 0 });
    assert.equal(statusAt(12, ...five, reset(6), fail(7)).state, 'closed');
  });

  it('stays open when a time cannot be read', () => {
    const events = five.map((event): BreakerEvent => ({ ...event, time: 'yesterday' }));
    assert.deepEqual(statusAt(1e6, ...events), { state: 'open', consecutiveFailures: 5 });
  });

  /** The rules of the breaker as people tell them, played second by second. */
  function played(events: readonly BreakerEvent[], until: number): BreakerStatus['state'] {
    const { failureThreshold, resetAfterSeconds, successesToClose } = defaultBreakerSettings;
    let [state, openedAt, failures, successes]: [BreakerStatus['state'], number, number, number] = [
      'closed',
      0,
      0,
      0,
    ];
    for (let second = 0; second <= until; second++) {
      if (state === 'open' && second === openedAt + resetAfterSeconds) state = 'half-open';
      for (const { outcome } of events.filter(({ time }) => time === at(second))) {
        successes = outcome === 'success' ? successes + 1 : 0;
        failures = outcome === 'failure' ? failures + 1 : 0;
        const fails = outcome === 'failure';
        if (outcome === 'reset' || (state !== 'closed' && successes >= successesToClose)) state = 'closed';
        else if (fails && (state === 'half-open' || (state === 'closed' && failures >= failureThreshold))) {
          state = 'open';
          openedAt = second;
        }
      }
    }
    return state;
  }

  it('is what its rules say, whatever happens and whenever one looks', () => {
    const event = fc.record({
      seconds: fc.nat(900),
      outcome: fc.constantFrom('failure', 'failure', 'failure', 'failure', 'success', 'reset'),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.nat(1300), (happened, now) => {
        const events = happened
          .filter(({ seconds }) => seconds <= now)
          .sort((a, b) => a.seconds - b.seconds)
          .map(({ seconds, outcome }) => ({ time: at(seconds), outcome }) as BreakerEvent);
        assert.equal(statusAt(now, ...events).state, played(events, now));
      }),
    );
  });

  it('is never closed right after as many failures as it takes', () => {
    const event = fc.record({
      time: fc.nat(2000).map(at),
      outcome: fc.constantFrom('success', 'failure', 'reset'),
    }) as fc.Arbitrary<BreakerEvent>;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const { state } = statusAt(
          1000,
          ...events,
          fail(1000),
          fail(1000),
          fail(1000),
          fail(1000),
          fail(1000),
        );
        assert.notEqual(state, 'closed');
      }),
    );
  });
});
