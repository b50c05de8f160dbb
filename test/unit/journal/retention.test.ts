import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyJournal } from '../../../src/journal/chain.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { executionStarted, fresh, resolvedRun, step } from './records.ts';

const day = 24 * 60 * 60 * 1000;
const today = Date.parse('2026-11-22T12:00:00Z');

describe('old files of the journal', () => {
  let scratch: Scratch;
  let directory: string;
  beforeEach(async () => {
    scratch = await scratchFolder('retention');
    directory = join(scratch.path, 'journal');
  });
  afterEach(() => scratch.remove());

  /** What a window wrote so many days ago. */
  async function written(daysAgo: number, records = resolvedRun()): Promise<string> {
    const time = new Date(today - daysAgo * day);
    const window = `w${daysAgo}`;
    const journal = new Journal({ directory, window, now: () => time });
    await journal.open();
    for (const record of records) await journal.append(record);
    await journal.close();
    const file = (await readdir(directory)).find((name) => name.includes(`.${window}.`)) ?? '';
    await utimes(join(directory, file), time, time);
    return file;
  }
  const current = () => new Journal({ directory, window: 'now', now: () => new Date(today) });
  const inPlace = async () => (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  const archived = async () => (await readdir(join(directory, 'archive'))).sort();

  it('are moved aside to the letter, whole, and are checked with the others', async () => {
    const [old, young] = [await written(40), await written(20)];
    const text = await readFile(join(directory, old), 'utf8');
    assert.deepEqual(await current().archive(30), [old]);
    assert.deepEqual(await inPlace(), [young]);
    assert.deepEqual(await archived(), [old]);
    const path = join(directory, 'archive', old);
    assert.equal(await readFile(path, 'utf8'), text);

    const count = resolvedRun().length;
    const { files, intact } = await verifyJournal(directory);
    assert.equal(intact, true);
    assert.deepEqual(
      files.map(({ records }) => records),
      [count, count],
    );
    await writeFile(path, text.replace('checkout is down', 'checkout is well'));
    assert.equal((await verifyJournal(directory)).intact, false);
  });

  it('stay where nothing is said of it, and a week at least', async () => {
    await written(40);
    const young = await written(6);
    assert.deepEqual(await current().archive(0), []);
    assert.equal((await inPlace()).length, 2);
    await current().archive(1);
    assert.deepEqual(await inPlace(), [young]);
  });

  it('stay where a window has gone on in them, and where the archive has one of that name', async () => {
    const [goneOn, taken] = [await written(40), await written(41)];
    await utimes(join(directory, goneOn), new Date(today), new Date(today));
    await mkdir(join(directory, 'archive'));
    await writeFile(join(directory, 'archive', taken), 'another one');
    assert.deepEqual(await current().archive(30), []);
    assert.equal(await readFile(join(directory, 'archive', taken), 'utf8'), 'another one');
  });

  it('go on to count for every decision, and their runs can be read', async () => {
    await written(40, [...resolvedRun(), executionStarted(step('s1'), true), fresh('AutomationStopped', {})]);
    const journal = current();
    await journal.open();
    const said = async () => {
      const history = await journal.history();
      return [history.breakerEvents.length, history.automaticActions.length, history.automationStopped];
    };
    const before = await said();
    const records = await journal.recordsOf('run1');
    assert.deepEqual(before, [1, 1, true]);
    assert.equal((await journal.archive(30)).length, 1);
    assert.deepEqual(await said(), before);
    assert.deepEqual(await journal.recordsOf('run1'), records);
    const other = current();
    assert.equal((await other.history()).automationStopped, true);
    await journal.close();
  });
});
