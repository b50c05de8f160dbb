/** An end to waiting that hangs on nobody else. */
import assert from 'node:assert/strict';
import { OutOfTime, TimeLimit, within } from '../../../src/domain/time-limit.ts';

const never = () => new Promise<never>(() => undefined);

describe('A time limit', () => {
  it('ends the waiting for work that heeds nothing', async () => {
    await assert.rejects(within(10, undefined, never), OutOfTime);
    const caller = new AbortController();
    const work = within(600_000, caller.signal, never);
    caller.abort(new Error('not needed any more'));
    await assert.rejects(work, /not needed any more/);
  });

  it('lets work that heeds its signal say what it was at', async () => {
    const heeds = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('the list was half read')));
      });
    await assert.rejects(within(10, undefined, heeds), /half read/);
  });

  it('passes on what work comes to, and what it throws, also at once', async () => {
    assert.equal(await within(600_000, undefined, () => Promise.resolve(7)), 7);
    await assert.rejects(
      within(600_000, undefined, () => Promise.reject(new Error('refused'))),
      /refused/,
    );
    await assert.rejects(
      within(600_000, undefined, () => {
        throw new Error('thrown');
      }),
      /thrown/,
    );
  });

  it('begins nothing for a caller that has gone', async () => {
    let begun = false;
    const work = within(600_000, AbortSignal.abort(new Error('gone')), () => {
      begun = true;
      return Promise.resolve();
    });
    await assert.rejects(work, /gone/);
    assert.equal(begun, false);
    const limit = new TimeLimit(600_000, AbortSignal.abort());
    assert.equal(limit.signal.aborted, true);
    assert.equal(limit.reached, false);
  });

  it('tells the time that is over from a caller that gave up', async () => {
    const over = new TimeLimit(5);
    await assert.rejects(over.of(never()), OutOfTime);
    assert.deepEqual([over.reached, over.signal.aborted], [true, true]);
    const caller = new AbortController();
    const left = new TimeLimit(600_000, caller.signal);
    caller.abort();
    await assert.rejects(left.of(never()));
    assert.equal(left.reached, false);
  });

  it('ends nothing once it has ended, and drops what comes after', async () => {
    const caller = new AbortController();
    const limit = new TimeLimit(5, caller.signal);
    assert.equal(await limit.of(Promise.resolve('done')), 'done');
    limit.end();
    caller.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(limit.signal.aborted, false);
    const late = Promise.withResolvers<never>();
    await assert.rejects(
      within(5, undefined, () => late.promise),
      OutOfTime,
    );
    // An unhandled rejection would fail the run.
    late.reject(new Error('too late'));
    await new Promise(setImmediate);
  });

  it('can be longer than a timer is, and is not over at once', async () => {
    const limit = new TimeLimit(Number.MAX_SAFE_INTEGER);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(limit.reached, false);
    limit.end();
  });
});
