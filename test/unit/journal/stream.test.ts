import assert from 'node:assert/strict';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JournalRecord } from '../../../src/domain/record.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { judgingRecords } from '../../../src/journal/judged.ts';
import { readOn, type ReadPosition } from '../../../src/journal/stream.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { fresh, resolvedRun } from './records.ts';

describe('reading a journal as a stream', () => {
  let scratch: Scratch;
  let journal: Journal;
  beforeEach(async () => {
    scratch = await scratchFolder('stream');
    journal = new Journal({ directory: scratch.path, window: 'w1' });
    await journal.open();
  });
  afterEach(async () => {
    await journal.close();
    await scratch.remove();
  });

  const read = async (position: ReadPosition = new Map()) => {
    const records: JournalRecord[] = [];
    const lost = await readOn(scratch.path, position, judgingRecords, (record) => records.push(record));
    return { records, position, lost: [...lost] };
  };
  const keep = async () => {
    for (const record of resolvedRun()) await journal.append(record);
  };
  const wanted = async () => (await journal.records()).filter(({ type }) => judgingRecords.has(type));
  const onlyFile = async () => join(scratch.path, (await readdir(scratch.path))[0] ?? '');

  it('hands on the records of the wanted types, as they were written', async () => {
    await keep();
    assert.deepEqual((await read()).records, await wanted());
  });

  it('goes on where it ended, and hands nothing on twice', async () => {
    await keep();
    const first = await read();
    assert.deepEqual((await read(first.position)).records, []);
    await keep();
    const second = await read(first.position);
    assert.deepEqual([...first.records, ...second.records], await wanted());
  });

  it('reads records that are longer than a piece of the stream, with letters of several bytes on its bounds', async () => {
    const long = { stepId: 's1', exitCode: 0, durationMs: 1, output: 'naïve – 日本 '.repeat(20_000) };
    await journal.append(fresh('ExecutionFinished', long));
    await keep();
    assert.deepEqual((await read()).records, await wanted());
  });

  it('leaves a line that is still being written for the next time', async () => {
    await keep();
    const file = await onlyFile();
    const [line = ''] = (await wanted()).slice(-1).map((record) => JSON.stringify(record));
    await appendFile(file, line.slice(0, 40));
    const first = await read();
    assert.equal(first.records.length, (await wanted()).length);
    await appendFile(file, `${line.slice(40)}\n`);
    assert.deepEqual(
      (await read(first.position)).records.map(({ type }) => type),
      ['VerificationFinished'],
    );
  });

  it('passes over what is no record', async () => {
    await keep();
    await writeFile(join(scratch.path, '2026-01-01.other.jsonl'), 'no\n{"type":"Planned"}\n\n');
    await writeFile(join(scratch.path, 'notes.txt'), 'Planned\n');
    assert.equal((await read()).records.length, (await wanted()).length);
  });

  it('says so when what was read before is no longer there', async () => {
    await keep();
    const { position } = await read();
    const file = await onlyFile();
    const text = await readFile(file, 'utf8');
    const lost = [basename(file)];
    await truncate(file, 10);
    assert.deepEqual(await read(position), { records: [], position, lost });
    await rm(file);
    assert.deepEqual(await read(position), { records: [], position, lost });
    // A share that was out of reach comes back.
    await writeFile(file, text);
    assert.deepEqual(await read(position), { records: [], position, lost: [] });
  });

  it('does not take a file for lost whose last write was taken back, or that was only touched', async () => {
    await keep();
    const { position } = await read();
    const file = await onlyFile();
    const { size } = await stat(file);
    await appendFile(file, '{"half of a');
    assert.deepEqual((await read(position)).lost, []);
    await truncate(file, size);
    await utimes(file, 1, 1);
    assert.deepEqual((await read(position)).lost, []);
  });

  it('does not take a file for lost that was moved aside, or that nothing was written to', async () => {
    await keep();
    const empty = new Journal({ directory: scratch.path, window: 'w2' });
    await empty.open();
    const { position } = await read();
    await empty.close();
    const file = await onlyFile();
    await mkdir(join(scratch.path, 'archive'));
    await rename(file, join(scratch.path, 'archive', basename(file)));
    assert.deepEqual(await read(position), { records: [], position, lost: [] });
  });

  it('goes on where it broke off in the middle, and hands nothing on twice', async () => {
    await keep();
    const position: ReadPosition = new Map();
    const records: JournalRecord[] = [];
    const cannot = new Error('no more memory');
    await assert.rejects(
      readOn(scratch.path, position, judgingRecords, (record) => {
        if (records.push(record) === 2) throw cannot;
      }),
      cannot,
    );
    records.push(...(await read(position)).records);
    assert.deepEqual(records, await wanted());
  });

  it('says so when a file was written anew, though it is as long as before or longer', async () => {
    await keep();
    const { position } = await read();
    const file = await onlyFile();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('run1', 'run2'));
    const lost = [basename(file)];
    assert.deepEqual(await read(position), { records: [], position, lost });
    await writeFile(file, text.replaceAll('run1', 'run22'));
    assert.deepEqual(await read(position), { records: [], position, lost });
  });
});
