import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Journal } from '../../../src/journal/journal.ts';
import { JournalReliability } from '../../../src/journal/journal-reliability.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { resolvedRun } from './records.ts';

describe('the reliability of a whole journal', () => {
  let scratch: Scratch;
  beforeEach(async () => {
    scratch = await scratchFolder('reliability');
  });
  afterEach(() => scratch.remove());

  const keepRun = async (window: string, runId: string): Promise<void> => {
    const journal = new Journal({ directory: scratch.path, window });
    await journal.open();
    for (const record of resolvedRun()) await journal.append({ ...record, runId });
    await journal.close();
  };

  it('is nothing where there is no journal yet', async () => {
    const none = new JournalReliability(join(scratch.path, 'none'));
    assert.equal((await none.report()).steps, 0);
  });

  it('follows the journal, of all windows, and counts every step once', async () => {
    const follower = new JournalReliability(scratch.path);
    await keepRun('w1', 'run1');
    assert.equal((await follower.report()).steps, 1);
    await keepRun('w2', 'run2');
    const reports = await Promise.all([follower.report(), follower.report(), follower.report()]);
    assert.deepEqual(
      reports.map(({ steps }) => steps),
      [2, 2, 2],
    );
  });

  it('forgets what was taken out of the journal', async () => {
    await keepRun('w1', 'run1');
    await keepRun('w2', 'run2');
    const follower = new JournalReliability(scratch.path);
    await follower.report();
    const [first = ''] = await readdir(scratch.path);
    await rm(join(scratch.path, first));
    assert.equal((await follower.report()).steps, 1);
  });
});
