import assert from 'node:assert/strict';
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isOncallError } from '../../../src/domain/error.ts';
import { canonical } from '../../../src/journal/canonical.ts';
import { verifyJournal } from '../../../src/journal/chain.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { executionFinished, executionStarted, fresh, resolvedRun, started, step } from './records.ts';

describe('the journal', () => {
  let directory: string;
  const journals: Journal[] = [];

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'oncall-journal-')), 'log');
  });
  afterEach(async () => {
    for (const journal of journals.splice(0)) await journal.close();
    await rm(join(directory, '..'), { recursive: true, force: true });
  });

  async function opened(options: { window?: string; now?: () => Date } = {}): Promise<Journal> {
    const journal = new Journal({ directory, ...options });
    journals.push(journal);
    await journal.open();
    return journal;
  }

  it('gives back what was appended, in order, numbered and chained', async () => {
    const journal = await opened();
    const appended = [];
    for (const record of resolvedRun()) appended.push(await journal.append(record));
    const records = await journal.records();
    assert.deepEqual(records, appended);
    assert.deepEqual(
      records.map((record) => record.seq),
      records.map((_, index) => index + 1),
    );
    for (const [index, record] of records.slice(1).entries()) assert.equal(record.prev, records[index]?.hash);
    assert.deepEqual(await verifyJournal(directory), {
      files: [
        {
          file: (await readdir(directory))[0],
          records: records.length,
          tornLastLine: false,
          unknownLines: 0,
        },
      ],
      intact: true,
    });
  });

  it('is readable by its owner only', async () => {
    await opened();
    const [file = ''] = await readdir(directory);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    assert.equal((await stat(join(directory, file))).mode & 0o777, 0o600);
  });

  it('has a record on disk before it says so', async () => {
    const journal = await opened();
    const record = await journal.append(started());
    const [file = ''] = await readdir(directory);
    assert.equal(await readFile(join(directory, file), 'utf8'), `${canonical(record)}\n`);
  });

  it('keeps the order of records that are appended at once', async () => {
    const journal = await opened();
    const records = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        journal.append(fresh('ApprovalRequested', { stepId: `s${index}` })),
      ),
    );
    assert.deepEqual(
      records.map((record) => record.seq),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    assert.deepEqual(await journal.records(), records);
    assert.equal((await verifyJournal(directory)).intact, true);
  });

  it('tells listeners of what is on disk, and is not disturbed by one that fails', async () => {
    const journal = await opened();
    const heard: string[] = [];
    journal.onAppend(() => {
      throw new Error('a view that broke');
    });
    const stop = journal.onAppend((record) => heard.push(record.type));
    await journal.append(started());
    stop();
    await journal.append(fresh('AutomationStopped', {}));
    assert.deepEqual(heard, ['RunStarted']);
  });

  it('lets two windows write at once and reads both, by time', async () => {
    let tick = 0;
    const now = () => new Date(Date.UTC(2026, 10, 22, 12, 0, 0, tick++));
    const [one, two] = [await opened({ now }), await opened({ now })];
    for (let round = 0; round < 5; round++) {
      await one.append(started(`one${round}`));
      await two.append(started(`two${round}`));
    }
    const runs = (await one.records()).map((record) => record.runId);
    assert.deepEqual(runs, ['one0', 'two0', 'one1', 'two1', 'one2', 'two2', 'one3', 'two3', 'one4', 'two4']);
    const verdict = await verifyJournal(directory);
    assert.equal(verdict.intact, true);
    assert.deepEqual(
      verdict.files.map((file) => file.records),
      [5, 5],
    );
  });

  it('begins a new file when the day changes', async () => {
    let day = 22;
    const journal = await opened({ window: 'w', now: () => new Date(Date.UTC(2026, 10, day, 23, 59)) });
    await journal.append(started('a'));
    day = 23;
    await journal.append(started('b'));
    assert.deepEqual((await readdir(directory)).sort(), ['2026-11-22.w.jsonl', '2026-11-23.w.jsonl']);
    assert.deepEqual(
      (await journal.records()).map(({ runId, seq }) => ({ runId, seq })),
      [
        { runId: 'a', seq: 1 },
        { runId: 'b', seq: 1 },
      ],
    );
    assert.equal((await verifyJournal(directory)).intact, true);
  });

  it('never appends to a file of an earlier session', async () => {
    const now = () => new Date(Date.UTC(2026, 10, 22));
    const first = await opened({ window: 'w', now });
    await first.append(started('a'));
    await first.close();
    const second = await opened({ window: 'w', now });
    await second.append(started('b'));
    assert.deepEqual((await readdir(directory)).sort(), ['2026-11-22.w.2.jsonl', '2026-11-22.w.jsonl']);
    assert.equal((await verifyJournal(directory)).intact, true);
  });

  it('leaves no file behind that holds nothing', async () => {
    const journal = await opened();
    await journal.close();
    assert.deepEqual(await readdir(directory), []);
  });

  it('says what to do when it cannot be written', async () => {
    await mkdir(join(directory, '..'), { recursive: true });
    await writeFile(directory, 'a file where the folder should be');
    await assert.rejects(opened(), (error: unknown) => {
      assert(isOncallError(error));
      assert.equal(error.code, 'journal-unwritable');
      assert.match(error.explanation, /oncall\.audit\.directory/);
      return true;
    });
  });

  it('refuses records before it is open and after it is closed', async () => {
    const journal = new Journal({ directory });
    await assert.rejects(journal.append(started()), { name: 'OncallError', code: 'journal-unwritable' });
    await journal.open();
    await journal.close();
    await assert.rejects(journal.append(started()), { name: 'OncallError', code: 'journal-unwritable' });
  });

  it('refuses a record that it cannot write down, and goes on once it can, saying what was lost', async () => {
    let day = 22;
    const journal = await opened({ now: () => new Date(Date.UTC(2026, 10, day)) });
    await journal.append(started('a'));
    await rm(directory, { recursive: true });
    await writeFile(directory, 'in the way');
    day = 23;
    await assert.rejects(journal.append(started('b')), { name: 'OncallError', code: 'journal-unwritable' });
    await rm(directory);
    await mkdir(directory);
    assert.equal((await journal.append(started('c'))).seq, 2);
    assert.deepEqual(
      (await journal.records()).map(({ type }) => type),
      ['JournalLost', 'RunStarted'],
    );
    assert.equal((await verifyJournal(directory)).intact, true);
  });

  const harms: Record<string, (file: string) => Promise<unknown>> = {
    'the folder was removed': () => rm(directory, { recursive: true }),
    'the folder was renamed': () => rename(directory, `${directory}-elsewhere`),
    'an empty folder is in its place': async () => {
      await rename(directory, `${directory}-elsewhere`);
      await mkdir(directory);
    },
    'the file was removed': (file) => rm(file),
    'the file was renamed': (file) => rename(file, `${file}.old`),
    'another file is in its place': async (file) => {
      await copyFile(file, `${file}.copy`);
      await rename(`${file}.copy`, file);
    },
    'the file was emptied': (file) => truncate(file),
    'the file was cut': (file) => truncate(file, 10),
    'somebody wrote to the file': (file) => appendFile(file, 'x'),
  };
  for (const [harm, harmed] of Object.entries(harms))
    it(`lets nothing be done unrecorded once ${harm}`, async () => {
      const journal = await opened();
      await journal.append(started('a'));
      await harmed(join(directory, (await readdir(directory))[0] ?? ''));
      await assert.rejects(journal.append(started('b')), (error: unknown) => {
        assert(isOncallError(error));
        assert.equal(error.code, 'journal-unwritable');
        assert.match(error.explanation, /Nothing more is executed/);
        return true;
      });
      // Whoever made the folder anew has read that: the next record stands where it can be read, behind what was lost.
      await mkdir(directory, { recursive: true });
      await journal.append(started('c'));
      const types = (await journal.records()).slice(-2).map(({ type }) => type);
      assert.deepEqual(types, ['JournalLost', 'RunStarted']);
      assert.equal((await journal.history()).automationStopped, true);
    });

  it('goes on in its file when the folder is back as it was', async () => {
    const journal = await opened();
    await journal.append(started('a'));
    await rename(directory, `${directory}-elsewhere`);
    await assert.rejects(journal.append(started('b')), { code: 'journal-unwritable' });
    await rename(`${directory}-elsewhere`, directory);
    assert.equal((await journal.append(started('c'))).seq, 2);
    assert.equal((await journal.history()).automationStopped, false);
  });

  it('does not mind that its file was moved aside as an old one', async () => {
    const journal = await opened();
    await journal.append(started('a'));
    const [file = ''] = await readdir(directory);
    await mkdir(join(directory, 'archive'));
    await rename(join(directory, file), join(directory, 'archive', file));
    assert.equal((await journal.append(started('b'))).seq, 2);
  });

  it('keeps credentials out, and commands, hashes and names to the letter', async () => {
    const journal = await opened();
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const argv = ['kubectl', 'annotate', 'pod/web', 'note=password=is-part-of-the-command', '-n', 'shop'];
    const secretive = step('s1', { argv, command: argv.join(' '), rationale: `The log shows ${token}.` });
    await journal.append(fresh('Planned', { steps: [secretive] }));
    await journal.append({
      ...executionStarted(secretive),
      data: {
        ...executionStarted(secretive).data,
        before: [
          {
            kind: 'Deployment',
            metadata: { name: 'web', namespace: 'shop', uid: 'c0ffee00-1111-4222-8333-444455556666' },
            spec: {
              template: {
                spec: { containers: [{ name: 'app', env: [{ name: 'DB_PASSWORD', value: 'hunter2 x' }] }] },
              },
            },
          },
          { kind: 'Secret', metadata: { name: 'db' }, data: { any: 'aHVudGVyMyB5' } },
        ],
      },
    } as Parameters<Journal['append']>[0]);
    await journal.append({
      ...executionFinished('s1'),
      data: { stepId: 's1', exitCode: 0, durationMs: 1, output: `token ${token}\nrolled back` },
    } as Parameters<Journal['append']>[0]);
    const [file = ''] = await readdir(directory);
    const text = await readFile(join(directory, file), 'utf8');
    for (const secret of [token, 'hunter2', 'aHVudGVyMyB5']) assert(!text.includes(secret), secret);
    const [planned, execution] = await journal.records();
    assert(planned?.type === 'Planned' && execution?.type === 'ExecutionStarted');
    assert.deepEqual(planned.data.steps[0]?.argv, argv);
    assert.equal(planned.data.steps[0]?.command, argv.join(' '));
    assert.equal(planned.data.steps[0]?.argvHash, secretive.argvHash);
    assert.deepEqual(execution.data.before[0]?.metadata, {
      name: 'web',
      namespace: 'shop',
      uid: 'c0ffee00-1111-4222-8333-444455556666',
    });
    assert.match(text, /rolled back/);
  });

  describe('checked for edits', () => {
    let file: string;
    let lines: string[];

    beforeEach(async () => {
      const journal = await opened();
      for (const record of resolvedRun()) await journal.append(record);
      await journal.close();
      file = join(directory, (await readdir(directory))[0] ?? '');
      lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    });

    async function firstBroken(
      changed: readonly string[],
    ): Promise<{ line: number; reason: string } | undefined> {
      await writeFile(file, changed.map((line) => `${line}\n`).join(''));
      const verdict = await verifyJournal(directory);
      assert.equal(verdict.intact, verdict.files[0]?.firstBroken === undefined);
      return verdict.files[0]?.firstBroken;
    }

    it('names the line whose content was changed', async () => {
      const changed = lines.with(4, (lines[4] ?? '').replace('"ada"', '"eve"'));
      assert.notDeepEqual(changed, lines);
      const broken = await firstBroken(changed);
      assert.equal(broken?.line, 5);
      assert.match(broken?.reason ?? '', /was changed/);
    });

    it('notices a line that was only written differently', async () => {
      const broken = await firstBroken(lines.with(2, (lines[2] ?? '').replace('{', '{ ')));
      assert.equal(broken?.line, 3);
    });

    it('notices a line whose hash was computed anew', async () => {
      const { recordHash } = await import('../../../src/journal/canonical.ts');
      const record = { ...JSON.parse(lines[4] ?? ''), actor: { type: 'user', name: 'eve' } };
      const broken = await firstBroken(lines.with(4, canonical({ ...record, hash: recordHash(record) })));
      assert.equal(broken?.line, 6);
      assert.match(broken?.reason ?? '', /does not follow/);
    });

    it('names the place where a line was removed', async () => {
      assert.equal((await firstBroken(lines.toSpliced(3, 1)))?.line, 4);
      assert.equal((await firstBroken(lines.slice(1)))?.line, 1);
    });

    it('names the place where lines were swapped or doubled', async () => {
      const [a = '', b = ''] = lines.slice(5, 7);
      assert.equal((await firstBroken(lines.toSpliced(5, 2, b, a)))?.line, 6);
      assert.equal((await firstBroken(lines.toSpliced(6, 0, a)))?.line, 7);
    });

    it('names a line in the middle that was cut', async () => {
      const broken = await firstBroken(lines.with(5, (lines[5] ?? '').slice(0, -10)));
      assert.equal(broken?.line, 6);
      assert.match(broken?.reason ?? '', /not a journal record/);
    });

    it('notices that a file passes for another one', async () => {
      await writeFile(join(directory, '2020-01-01.other.jsonl'), await readFile(file));
      const verdict = await verifyJournal(directory);
      assert.equal(verdict.intact, false);
      assert.match(verdict.files[0]?.firstBroken?.reason ?? '', /renamed/);
      assert.equal(verdict.files[1]?.firstBroken, undefined);
    });

    it('notices any change of any line', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: lines.length - 1 }),
          fc.nat(),
          fc.constantFrom('x', '0', ' ', '"', '}'),
          async (line, position, character) => {
            const old = lines[line] ?? '';
            const at = position % old.length;
            fc.pre(old[at] !== character);
            const broken = await firstBroken(
              lines.with(line, old.slice(0, at) + character + old.slice(at + 1)),
            );
            assert(broken !== undefined && broken.line <= line + 2);
          },
        ),
        { numRuns: 60 },
      );
    });

    it('takes a torn last line for what a power cut leaves, and still reads the rest', async () => {
      await appendFile(file, '{"actor":{"na');
      const verdict = await verifyJournal(directory);
      assert.equal(verdict.intact, true);
      assert.equal(verdict.files[0]?.tornLastLine, true);
      assert.equal(verdict.files[0]?.records, lines.length);
      const journal = new Journal({ directory });
      assert.equal((await journal.records()).length, lines.length);
      assert.equal(journal.skippedLines, 1);
    });
  });

  it('are walked piece by piece: one tells how far it is, and can break it off', async () => {
    const journal = await opened({ window: 'long' });
    // Lines that do not end where a piece ends.
    for (let run = 0; run < 30; run++)
      await journal.append(fresh('RunEnded', { status: 'resolved', message: 'ä'.repeat(100_003) }));
    await journal.close();
    const shares: number[] = [];
    const verdict = await verifyJournal(directory, {
      onProgress: ({ read, total }) => shares.push(read / total),
    });
    assert.deepEqual(
      verdict.files.map(({ records, tornLastLine }) => ({ records, tornLastLine })),
      [{ records: 30, tornLastLine: false }],
    );
    assert.ok(shares.length > 3, `${shares.length} pieces`);
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
    assert.equal(shares.at(-1), 1);
    const stop = new AbortController();
    await assert.rejects(
      verifyJournal(directory, { signal: stop.signal, onProgress: () => stop.abort() }),
      /abort/i,
    );
  });

  it('reads an empty or missing folder as an empty journal', async () => {
    assert.deepEqual(await new Journal({ directory }).records(), []);
    assert.deepEqual(await verifyJournal(directory), { files: [], intact: true });
  });
});

describe('the canonical encoding', () => {
  it('says the same of equal values, whatever the order of their keys', () => {
    assert.equal(canonical({ b: 1, a: [{ d: undefined, c: null }] }), '{"a":[{"c":null}],"b":1}');
    assert.equal(canonical({ a: [{ c: null }], b: 1 }), canonical({ b: 1, a: [{ c: null }] }));
  });

  it('is JSON that reads back as the value it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value);
        assert.equal(canonical(JSON.parse(text)), text);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
