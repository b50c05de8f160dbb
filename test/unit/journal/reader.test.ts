import assert from 'node:assert/strict';
import { rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
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

  it('takes nothing back when files were taken away or written anew, and stops automation until a person has looked', async () => {
    await keep(inRun('run1'));
    await keep(inRun('run2'), 1);
    const before = await read();
    assert.equal(before.stopped, false);
    const [one = ''] = await journalFiles(scratch.path);
    await rename(join(scratch.path, one), join(scratch.path, 'elsewhere'));
    assert.deepEqual(await read(), { ...before, stopped: true });
    assert.match((await first().history()).stopReason ?? '', /lost 1 file that had been read/);
    await writeFile(join(scratch.path, one), '');
    assert.deepEqual(await read(), { ...before, stopped: true });
    await rm(join(scratch.path, one));
    assert.deepEqual(await read(), { ...before, stopped: true });
    assert.deepEqual(await first().recordsOf('run1'), []);
  });

  it('goes on once a person has looked, in every window', async () => {
    await keep(inRun('run1'), 1);
    await read();
    for (const file of await journalFiles(scratch.path))
      if (file.includes('.w2.')) await rm(join(scratch.path, file));
    assert.equal((await read()).stopped, true);
    const another = new Journal({ directory: scratch.path, now: () => new Date((clock += 1000)) });
    assert.equal((await another.history()).automationStopped, true);
    await keep([fresh('AutomationResumed', {})]);
    assert.equal((await read()).stopped, false);
    assert.equal((await another.history()).automationStopped, false);
  });

  it('is never less than it was, whatever is done to the files', async () => {
    const harm = fc.constantFrom('none', 'remove', 'empty', 'cut', 'replace', 'folder');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), harm), { minLength: 1, maxLength: 6 }), async (steps) => {
        const folder = await scratchFolder('reader-harm');
        const directory = join(folder.path, 'journal');
        const now = () => new Date((clock += 1000));
        const writers = ['w1', 'w2'].map((window) => new Journal({ directory, window, now }));
        const reader = new Journal({ directory, now });
        try {
          for (const writer of writers) await writer.open();
          let before = said(await reader.history());
          let lost = false;
          for (const [index, [window, what]] of steps.entries()) {
            for (const record of inRun(`run${index}`))
              await writers[window]?.append(record).catch(() => undefined);
            const written = said(await reader.history());
            const files = await journalFiles(directory);
            const file = join(directory, files[index % Math.max(1, files.length)] ?? 'none');
            const size = (await stat(file).catch(() => undefined))?.size ?? 0;
            lost ||= what !== 'none' && size > 0;
            if (what === 'remove') await rm(file, { force: true });
            if (what === 'empty' && size > 0) await truncate(file);
            if (what === 'cut' && size > 0) await truncate(file, size - 1);
            if (what === 'replace' && size > 0) await writeFile(file, 'x'.repeat(size));
            if (what === 'folder') await rm(directory, { recursive: true, force: true });
            const after = said(await reader.history());
            for (const now of [written, after])
              for (const part of ['breaker', 'automatic', 'taken'] as const)
                assert.deepEqual(now[part].slice(0, before[part].length), before[part]);
            assert.ok(after.track.successes >= before.track.successes);
            if (lost) assert.equal(after.stopped, true);
            before = after;
          }
        } finally {
          for (const journal of [...writers, reader]) await journal.close();
          await folder.remove();
        }
      }),
      { numRuns: 25 },
    );
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
