import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { JournalRecord } from '../../../src/domain/record.ts';
import { verifyJournal } from '../../../src/journal/chain.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { runView } from '../../../src/journal/runs.ts';
import { mustRun } from '../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { fresh, resolvedRun } from './records.ts';
import type { Written } from './writer.ts';

const writer = join(import.meta.dirname, 'writer.ts');
const timeoutMs = 120_000;

describe('a journal in trouble', function () {
  this.timeout(2 * timeoutMs);
  let scratch: Scratch;
  let directory: string;
  beforeEach(async () => {
    scratch = await scratchFolder('troubles');
    directory = join(scratch.path, 'log');
  });
  afterEach(() => scratch.remove());

  const records = async (): Promise<JournalRecord[]> => {
    const journal = new Journal({ directory });
    return journal.records();
  };

  it('on a full disk keeps what it said it kept, and no half record after it; with room again it goes on', async () => {
    // A file may have 20 blocks of 512 bytes: the write that would go beyond is cut short and then refused, as on a full disk.
    const limited = ['-c', 'ulimit -f 20; exec "$0" "$@"', process.execPath, writer, directory, '1000'];
    const { kept, refused } = JSON.parse(await mustRun('/bin/sh', limited, { timeoutMs })) as Written;
    assert.equal(refused, 'journal-unwritable');
    assert.ok(kept > 5);
    assert.equal((await records()).length, kept);

    const again = JSON.parse(
      await mustRun(process.execPath, [writer, directory, '10'], { timeoutMs }),
    ) as Written;
    assert.deepEqual(again, { kept: 10, seen: kept + 10 });
    const { files, intact } = await verifyJournal(directory);
    assert.equal(intact, true);
    assert.deepEqual(files.map((file) => file.records).sort(), [kept, 10].sort());
    assert.ok(files.every(({ tornLastLine }) => !tornLastLine));
  });

  it('with two windows at once loses nothing of either, and both learn of both', async () => {
    const each = 150;
    const written = await Promise.all(
      [1, 2].map(
        async () =>
          JSON.parse(
            await mustRun(process.execPath, [writer, directory, String(each)], { timeoutMs }),
          ) as Written,
      ),
    );
    for (const { kept, refused } of written)
      assert.deepEqual({ kept, refused }, { kept: each, refused: undefined });
    // Who ended last has seen all of it.
    assert.equal(Math.max(...written.map(({ seen }) => seen)), 2 * each);
    assert.equal((await records()).length, 2 * each);
    const { files, intact } = await verifyJournal(directory);
    assert.equal(intact, true);
    assert.deepEqual(
      files.map((file) => file.records),
      [each, each],
    );
  });

  it('with a clock that is set back, by hours and by days, shows a run as it went', async () => {
    let time = Date.parse('2026-11-22T12:00:00Z');
    const journal = new Journal({ directory, window: 'w1', now: () => new Date((time -= 7 * 3600_000)) });
    await journal.open();
    for (const record of resolvedRun()) await journal.append(record);
    await journal.append(fresh('AutomationStopped', {}));
    await journal.append(fresh('AutomationResumed', {}));
    const all = await journal.records();
    assert.deepEqual(
      all.map(({ seq }) => seq),
      all.map((_, index) => index + 1),
    );
    assert.equal((await verifyJournal(directory)).intact, true);
    assert.equal(runView(all, 'run1', { liveRuns: new Set() })?.phase, 'resolved');
    assert.deepEqual(
      await journal.recordsOf('run1'),
      all.filter(({ runId }) => runId === 'run1'),
    );
    const history = await journal.history();
    assert.equal(history.automationStopped, false);
    assert.deepEqual(history.breakerEvents, historyOf(all).breakerEvents);
    await journal.close();
  });
});
