/** The poller with a clock of its own, and once against the practice PagerDuty. */
import assert from 'node:assert/strict';
import { OncallError } from '../../../src/domain/error.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { PagerDutyClient } from '../../../src/pagerduty/client.ts';
import { RateLimited, retryAfterMs, TokenRefused, Unreachable } from '../../../src/pagerduty/failures.ts';
import { IncidentPoller, nextPause, type PollerState, type Timers } from '../../../src/pagerduty/poller.ts';
import { startPagerDuty } from '../../../src/practice/pagerduty/server.ts';

class Clock implements Timers {
  readonly waiting: { callback: () => void; ms: number }[] = [];
  set(callback: () => void, ms: number): unknown {
    const timer = { callback, ms };
    this.waiting.push(timer);
    return timer;
  }
  clear(timer: unknown): void {
    const index = this.waiting.findIndex((one) => one === timer);
    if (index >= 0) this.waiting.splice(index, 1);
  }
  time = 1000;
  now(): number {
    return this.time;
  }
  /** The one pause that is being waited for, in milliseconds. */
  get pause(): number | undefined {
    assert.ok(this.waiting.length <= 1, 'one timer at most');
    return this.waiting[0]?.ms;
  }
  ring(): void {
    this.time += this.waiting[0]?.ms ?? 0;
    this.waiting.shift()?.callback();
  }
}

const incident = (id: string): Incident => ({
  id,
  title: id,
  status: 'triggered',
  urgency: 'high',
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  assignees: [],
  acknowledgedBy: [],
});
const unauthorized = (): OncallError =>
  new OncallError('pagerduty-unauthorized', 'wrong token', 'Set a token.');

/** Lets every promise that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Incident poller', () => {
  function setUp(load: (signal: AbortSignal) => Promise<readonly Incident[]>): {
    poller: IncidentPoller;
    clock: Clock;
    states: PollerState[];
  } {
    const clock = new Clock();
    const states: PollerState[] = [];
    const poller = new IncidentPoller(load, {
      intervalMs: 30_000,
      listener: (state) => states.push(state),
      timers: clock,
    });
    return { poller, clock, states };
  }
  const kinds = (states: readonly PollerState[]): string[] => states.map(({ kind }) => kind);

  it('shows that it loads, then the incidents, then keeps them current without flicker', async () => {
    let round = 0;
    const { poller, clock, states } = setUp(async () => [incident(`P${String((round += 1))}`)]);
    poller.start();
    await settle();
    assert.equal(clock.pause, 30_000);
    clock.ring();
    await settle();
    assert.deepEqual(kinds(states), ['loading', 'ok', 'ok']);
    assert.deepEqual(
      states.map(({ incidents }) => incidents[0]?.id),
      [undefined, 'P1', 'P2'],
    );
    poller.stop();
    assert.equal(clock.pause, undefined);
  });

  it('never overlaps itself: a refresh during a poll follows it', async () => {
    let active = 0;
    let polls = 0;
    const gates: (() => void)[] = [];
    const { poller } = setUp(async () => {
      active += 1;
      polls += 1;
      assert.equal(active, 1);
      await new Promise<void>((resolve) => gates.push(resolve));
      active -= 1;
      return [];
    });
    poller.start();
    const refreshed = [poller.refresh(), poller.refresh(), poller.refresh()];
    await settle();
    assert.equal(polls, 1);
    gates.shift()?.();
    await settle();
    assert.equal(polls, 2);
    gates.shift()?.();
    await Promise.all(refreshed);
    assert.equal(polls, 2);
    poller.stop();
  });

  it('goes on asking with a token that is refused, more and more slowly, keeps the list with its age, and comes back by itself', async () => {
    let token = 'right';
    const { poller, clock, states } = setUp(async () => {
      if (token === 'wrong') throw unauthorized();
      return [incident('P1')];
    });
    poller.start();
    await settle();
    const { readAt } = poller.state;
    assert.equal(readAt, clock.time);
    token = 'wrong';
    const pauses: (number | undefined)[] = [];
    for (let round = 0; round < 5; round += 1) {
      clock.ring();
      await settle();
      pauses.push(clock.pause);
      assert.equal(poller.state.kind, 'error');
      assert.equal(poller.state.incidents.length, 1);
      assert.equal(poller.state.readAt, readAt, 'the age of the list is that of its last reading');
    }
    assert.deepEqual(pauses, [60_000, 120_000, 240_000, 300_000, 300_000]);
    token = 'right';
    clock.ring();
    await settle();
    assert.deepEqual(kinds(states), ['loading', 'ok', ...pauses.map(() => 'error'), 'ok']);
    assert.equal(clock.pause, 30_000);
    assert.equal(poller.state.readAt, clock.time);
    poller.stop();
  });

  it('leaves PagerDuty alone for as long as it asks for with a refused token', () => {
    const refused = new TokenRefused('pagerduty-unauthorized', 'no', 'Set one.', 200_000);
    assert.equal(nextPause(30_000, 1, refused), 200_000);
    assert.equal(retryAfterMs('7'), 7000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', Date.UTC(2026, 0, 1)), 9000);
    assert.equal(retryAfterMs('86400'), 300_000, 'five minutes at most');
    for (const nothing of [null, '', 'soon', '-1']) assert.equal(retryAfterMs(nothing), 0);
  });

  it('gives up a poll that hangs, whatever becomes of its signal, says so, and begins the next in its turn', async () => {
    const late: ((incidents: Incident[]) => void)[] = [];
    let polls = 0;
    const clock = new Clock();
    const states: PollerState[] = [];
    const poller = new IncidentPoller(
      (): Promise<Incident[]> => {
        polls += 1;
        return polls === 2
          ? new Promise((resolve) => late.push(resolve))
          : Promise.resolve([incident(`P${polls}`)]);
      },
      { intervalMs: 30_000, limitMs: 20, timers: clock, listener: (state) => states.push(state) },
    );
    poller.start();
    await settle();
    clock.ring();
    await poller.refresh();
    assert.deepEqual(kinds(states).slice(0, 3), ['loading', 'ok', 'error']);
    assert.match(String(states[2]?.error), /did not give the list of incidents within 0\.02 s/);
    assert.equal(states[2]?.incidents[0]?.id, 'P1');
    // The refresh that came meanwhile was the next poll.
    assert.equal(poller.state.incidents[0]?.id, 'P3');
    late[0]?.([incident('P-late')]);
    await settle();
    assert.equal(poller.state.incidents[0]?.id, 'P3', 'what comes after all changes nothing');
    assert.equal(clock.pause, 30_000);
    poller.stop();
  });

  it('goes on where whoever is told of the list fails', async () => {
    const clock = new Clock();
    const faults: unknown[] = [];
    const poller = new IncidentPoller(async () => [incident('P1')], {
      intervalMs: 30_000,
      timers: clock,
      listener: () => {
        throw new Error('the view is gone');
      },
      onFault: (error) => faults.push(error),
    });
    poller.start();
    await settle();
    assert.equal(clock.pause, 30_000);
    clock.ring();
    await settle();
    assert.equal(clock.pause, 30_000);
    assert.equal(faults.length, 3);
    poller.stop();
  });

  it('is not misled by a clock that is put back', async () => {
    const { poller, clock } = setUp(async () => [incident('P1')]);
    poller.start();
    await settle();
    clock.time -= 24 * 60 * 60_000;
    clock.ring();
    await settle();
    assert.equal(poller.state.kind, 'ok');
    assert.equal(clock.pause, 30_000);
    poller.stop();
  });

  it('keeps showing what it knows while PagerDuty is away, and comes back by itself', async () => {
    let up = true;
    const { poller, clock, states } = setUp(async () => {
      if (!up) throw new Unreachable('away', 'Wait.', false);
      return [incident('P1')];
    });
    poller.start();
    await settle();
    up = false;
    const pauses: (number | undefined)[] = [];
    for (let round = 0; round < 6; round += 1) {
      clock.ring();
      await settle();
      pauses.push(clock.pause);
      assert.equal(poller.state.kind, 'error');
      assert.equal(poller.state.incidents.length, 1);
    }
    assert.deepEqual(pauses, [60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
    up = true;
    clock.ring();
    await settle();
    assert.equal(states.at(-1)?.kind, 'ok');
    assert.equal(clock.pause, 30_000);
    poller.stop();
  });

  it('waits out a rate limit', () => {
    assert.equal(nextPause(30_000, 1, new RateLimited('api', 90_000)), 90_000);
    assert.equal(nextPause(30_000, 1, new RateLimited('api', 5_000)), 60_000);
    assert.equal(nextPause(600_000, 3, new Error()), 600_000);
  });

  it('is silent once it is stopped, and cancels what is under way', async () => {
    let signal: AbortSignal | undefined;
    const { poller, states } = setUp(async (given) => {
      signal = given;
      await new Promise((resolve) => given.addEventListener('abort', resolve));
      return [incident('P1')];
    });
    poller.start();
    await settle();
    poller.stop();
    assert.equal(signal?.aborted, true);
    await settle();
    assert.deepEqual(kinds(states), ['loading']);
    await poller.refresh();
    assert.deepEqual(kinds(states), ['loading']);
  });

  it('can be started again while the cancelled request is still ending', async () => {
    let polls = 0;
    const { poller, clock } = setUp(async (signal) => {
      polls += 1;
      if (polls === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return [incident(`P${String(polls)}`)];
    });
    poller.start();
    poller.stop();
    poller.start();
    await settle();
    assert.equal(poller.state.kind, 'ok');
    assert.equal(poller.state.incidents[0]?.id, 'P2');
    assert.equal(clock.pause, 30_000);
    poller.stop();
  });

  it('follows a real server from a wrong token to an acknowledged incident', async () => {
    const server = await startPagerDuty();
    let client = new PagerDutyClient({ baseUrl: server.baseUrl, token: 'wrong' });
    const { id } = server.raise({ summary: 'checkout is down' });
    const { poller, states } = setUp((signal) => client.openIncidents({}, signal));
    poller.start();
    await poller.refresh();
    assert.equal(poller.state.kind, 'error');
    client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token });
    await poller.refresh();
    await client.acknowledge(id);
    await poller.refresh();
    assert.equal(states.at(-1)?.incidents[0]?.status, 'acknowledged');
    poller.stop();
    await server.close();
  });
});
