/** Automatic runs on one target go one after another, and those on others do not wait. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Turns } from '../../../src/remediation/turns.ts';
import { idle } from '../../support/fake-clock.ts';

const never = new AbortController().signal;
const quiet = (): void => undefined;

describe('Turns on a target', () => {
  it('are given at once where nobody else is at it, and to others at other targets', async () => {
    const turns = new Turns();
    await turns.take('a', never, () => assert.fail('it waits'));
    await turns.take('b', never, () => assert.fail('it waits'));
  });

  it('come one after another, in the order in which they were asked for', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const first = await turns.take('a', never, quiet);
    const second = turns.take('a', never, () => order.push('second waits'));
    const third = turns.take('a', never, quiet);
    void third.then(() => order.push('third'));
    await idle();
    assert.deepEqual(order, ['second waits']);
    first();
    first();
    const giveUp = await second;
    await idle();
    assert.deepEqual(order, ['second waits']);
    giveUp();
    (await third)();
    assert.deepEqual(order, ['second waits', 'third']);
  });

  it('are passed on by one that is stopped while it waits', async () => {
    const turns = new Turns();
    const stop = new AbortController();
    const first = await turns.take('a', never, quiet);
    const second = turns.take('a', stop.signal, quiet);
    const third = turns.take('a', never, quiet);
    stop.abort(new Error('stopped'));
    await assert.rejects(second, /stopped/);
    let begun = false;
    void third.then(() => (begun = true));
    await idle();
    assert.equal(begun, false, 'the first one still goes on');
    first();
    await third;
  });

  it('never overlap on one target', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 }), async (keys) => {
        const turns = new Turns();
        const at = new Map<string, number>();
        await Promise.all(
          keys.map(async (key) => {
            const giveUp = await turns.take(key, never, quiet);
            at.set(key, (at.get(key) ?? 0) + 1);
            await Promise.resolve();
            assert.equal(at.get(key), 1);
            at.set(key, 0);
            giveUp();
          }),
        );
      }),
    );
  });
});
