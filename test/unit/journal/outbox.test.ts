import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JournalRecord } from '../../../src/domain/record.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { outboxRecord, outboxRecords, writeBacks } from '../../../src/journal/outbox.ts';
import { OutboxReader } from '../../../src/journal/outbox-reader.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { ada, dated, fresh, resolvedRun, started } from './records.ts';

const wanted = (id: string, window = 'w1') =>
  fresh('WriteBackWanted', { id, kind: 'note', to: 'https://api.pagerduty.com', window });
const taken = (id: string, window: string) => fresh('WriteBackTaken', { id, window });
const done = (id: string) =>
  fresh('WriteBackDone', { id, kind: 'note', outcome: 'written', message: 'the note was added' });
const fold = (records: readonly JournalRecord[]) =>
  writeBacks(records.filter(({ type }) => outboxRecords.has(type)).map(outboxRecord));

describe('What PagerDuty is to be told', () => {
  it('is what was wanted and is not done', () => {
    const [one, two] = fold(dated(wanted('a'), wanted('b'), done('a')));
    assert.deepEqual(one?.done, {
      outcome: 'written',
      message: 'the note was added',
      time: '2026-11-22T12:00:02.000Z',
    });
    assert.equal(two?.done, undefined);
    assert.equal(two?.window, 'w1');
  });

  it('is wanted once, however often it is written down', () => {
    assert.equal(fold(dated(wanted('a'), wanted('a', 'w2'))).length, 1);
    assert.equal(fold(dated(wanted('a'), wanted('a', 'w2')))[0]?.window, 'w1');
  });

  it('belongs to the window that took it over last, until it is done', () => {
    const [one] = fold(dated(wanted('a'), taken('a', 'w2'), taken('a', 'w3'), done('a'), taken('a', 'w4')));
    assert.equal(one?.window, 'w3');
    assert.equal(one.takenOver, true);
  });

  it('knows whether its run is over, waits for a person, or goes on again', () => {
    const run = resolvedRun();
    const [asked] = fold(dated(wanted('a'), ...run.slice(0, 4)));
    assert.deepEqual([asked?.run?.over, asked?.run?.waiting], [false, true]);
    assert.equal(fold(dated(...run, wanted('a')))[0]?.run?.over, true);
    const again = fresh('UndoPlanned', { step: {} as never });
    assert.equal(fold(dated(...run, wanted('a'), again))[0]?.run?.over, false);
  });

  it('is out of date once a newer run of the incident began', () => {
    assert.equal(fold(dated(started(), wanted('a')))[0]?.overtaken, false);
    assert.equal(fold(dated(started(), wanted('a'), started('run2')))[0]?.overtaken, true);
  });

  it('is the same in whatever order the files of several windows are read', () => {
    const records = dated(
      wanted('a'),
      taken('a', 'w2'),
      wanted('b'),
      taken('b', 'w3'),
      done('b'),
      started('run2'),
    );
    const sameTime = records.map((record) => ({ ...record, time: '2026-11-22T12:00:00.000Z' }));
    for (const all of [records, sameTime]) {
      const expected = fold(all);
      fc.assert(
        fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
          assert.deepEqual(
            fold(shuffled).toSorted((a, b) => a.id.localeCompare(b.id)),
            expected.toSorted((a, b) => a.id.localeCompare(b.id)),
          );
        }),
      );
    }
  });

  it('folds from any part of a journal', () => {
    const records = dated(wanted('a'), ...resolvedRun(), taken('a', 'w2'), done('a'));
    fc.assert(
      fc.property(fc.subarray(records), (some) => {
        assert.ok(fold(some).length <= 1);
      }),
    );
  });
});

describe('The outbox of a journal', () => {
  let scratch: Scratch;
  let now: Date;
  const open: Journal[] = [];
  beforeEach(async () => {
    scratch = await scratchFolder('outbox');
    now = new Date('2026-11-22T12:00:00Z');
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    await scratch.remove();
  });
  const window = async (name: string): Promise<Journal> => {
    const journal = new Journal({ directory: scratch.path, window: name, now: () => now });
    await journal.open();
    open.push(journal);
    return journal;
  };
  const reader = () => new OutboxReader(scratch.path, () => now.getTime());

  it('is read on with every look, those of other windows too', async () => {
    const [one, two] = [await window('w1'), await window('w2')];
    const outbox = reader();
    assert.deepEqual(await outbox.read(), []);
    await one.append({ ...wanted('a'), actor: ada });
    assert.deepEqual(
      (await outbox.read()).map(({ id, by }) => [id, by.name]),
      [['a', 'ada']],
    );
    await two.append(done('a'));
    assert.equal((await outbox.read())[0]?.done?.outcome, 'written');
    const both = await Promise.all([outbox.read(), outbox.read()]);
    assert.deepEqual(both[0], both[1]);
  });

  it('forgets what is older than a week', async () => {
    const journal = await window('w1');
    await journal.append(wanted('old'));
    const outbox = reader();
    assert.equal((await outbox.read()).length, 1);
    now = new Date('2026-12-05T12:00:00Z');
    await journal.append(wanted('new'));
    assert.deepEqual(
      (await outbox.read()).map(({ id }) => id),
      ['new'],
    );
    assert.deepEqual(
      (await reader().read()).map(({ id }) => id),
      ['new'],
    );
  });

  it('forgets nothing when a file is taken away: nothing is sent twice for it', async () => {
    const [one, two] = [await window('w1'), await window('w2')];
    await one.append(wanted('a'));
    await two.append(wanted('b'));
    const outbox = reader();
    assert.equal((await outbox.read()).length, 2);
    await rm(join(scratch.path, '2026-11-22.w1.jsonl'));
    assert.deepEqual(
      (await outbox.read()).map(({ id }) => id),
      ['a', 'b'],
    );
  });
});
