import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { NewRecord } from '../../../src/domain/record.ts';
import { historyOf, type History } from '../../../src/journal/history.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { journalFiles } from '../../../src/journal/files.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { fresh, resolvedRun } from './records.ts';

/** All that a decision asks of a history. */
const said = (history: History) => ({
  breaker: history.breakerEvents,
  automatic: history.automaticActions,
  stopped: history.automationStopped,
  taken: [...history.incidentsTaken].sort(),
  track: history.trackRecord('rollback_deployment', 'CrashLoopBackOff'),
});

const inRun = (runId: string, records: readonly NewRecord[] = resolvedRun()): NewRecord[] =>
  records.map((record) => ({ ...record, runId, incidentId: runId }) as NewRecord);

describe('what decisions read of the journal', () => {
  let scratch: Scratch;
  let clock: number;
  let windows: Journal[];

  beforeEach(async () => {
    scratch = await scratchFolder('reader');
    clock = Date.parse('2026-11-22T12:00:00Z');
    const now = () => new Date((clock += 1000));
    windows = ['w1', 'w2'].map((window) => new Journal({ directory: scratch.path, window, now }));
    for (const window of windows) await window.open();
  });
  afterEach(async () => {
    for (const window of windows) await window.close();
    await scratch.remove();
  });

  const keep = async (records: readonly NewRecord[], window = 0) => {
    for (const record of records) await windows[window]?.append(record);
  };
  const first = () => windows[0] as Journal;
  const whole = async () => said(historyOf(await first().records()));
  const read = async () => said(await first().history());

  it('is what all records say, of every window, whenever it is read on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...resolvedRun()), fc.boolean()), { maxLength: 12 }),
        async (writes) => {
          for (const [window, record, look] of writes) {
            await keep([{ ...record, runId: `run-of-${window}` } as NewRecord], window);
            if (look) await first().history();
          }
          await keep([fresh(clock % 2 === 0 ? 'AutomationStopped' : 'AutomationResumed', {})], 1);
          assert.deepEqual(await read(), await whole());
        },
      ),
      { numRuns: 25 },
    );
  });

  it('begins anew when files were taken away or written anew', async () => {
    await keep(inRun('run1'));
    await keep(inRun('run2'), 1);
    await read();
    const [one = ''] = await journalFiles(scratch.path);
    await windows[0]?.close();
    await rename(join(scratch.path, one), join(scratch.path, 'elsewhere'));
    assert.deepEqual(await read(), await whole());
    await writeFile(join(scratch.path, one), '');
    assert.deepEqual(await read(), await whole());
    await rm(join(scratch.path, one));
    assert.deepEqual(await read(), await whole());
  });

  it('has the records of one run from whatever window wrote them, and no others', async () => {
    await keep(inRun('run1'));
    await keep(inRun('run1-and-more'));
    await keep([{ ...fresh('InterruptionChecked', checked), runId: 'run1' } as NewRecord], 1);
    const own = (await first().records()).filter(({ runId }) => runId === 'run1');
    assert.deepEqual(await first().recordsOf('run1'), own);
    assert.equal(own.at(-1)?.type, 'InterruptionChecked');
    assert.deepEqual(await first().recordsOf('run'), []);
  });

  it('is right for those who ask at the same time', async () => {
    await keep(inRun('run1'));
    const answers = await Promise.all(Array.from({ length: 5 }, read));
    for (const answer of answers) assert.deepEqual(answer, await whole());
  });
});

const checked = { stepId: 's1', result: 'took-effect', message: 'It is there.' } as const;
