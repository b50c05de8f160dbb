import assert from 'node:assert/strict';
import { appendFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { AuditFilter, AuditRow } from '../../../src/domain/audit-log.ts';
import type { NewRecord } from '../../../src/domain/record.ts';
import { AuditReading } from '../../../src/journal/audit-reading.ts';
import { auditEntries } from '../../../src/journal/audit.ts';
import { verifyJournal } from '../../../src/journal/chain.ts';
import { readRecords } from '../../../src/journal/lines.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { timed, writeJournal, type TimedRecord } from '../../support/written-journal.ts';
import { ada, executionFinished, executionStarted, fresh, resolvedRun, started, step } from './records.ts';

/** All that is handed on, page by page. */
async function read(directory: string, filter: AuditFilter = {}, page = 7): Promise<AuditRow[]> {
  const reading = await AuditReading.begin(directory, { filter, liveRuns: new Set() });
  const rows: AuditRow[] = [];
  for (let state = 'more'; state === 'more';) {
    const next = await reading.next(page);
    assert.ok(next.rows.length <= page);
    rows.push(...next.rows);
    ({ state } = next);
  }
  await reading.close();
  return rows;
}

const of = (runId: string, records: readonly NewRecord[]): NewRecord[] =>
  records.map((record) => ({ ...record, runId, incidentId: `inc-${runId}` }) as NewRecord);

describe('the audit log, newest first', function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let directory: string;

  beforeEach(async () => {
    scratch = await scratchFolder('audit-reading');
    directory = join(scratch.path, 'journal');
  });

  afterEach(() => scratch.remove());

  it('is empty where there is no journal, or one without a line', async () => {
    assert.deepEqual(await read(directory), []);
    await mkdir(directory);
    await appendFile(join(directory, '2026-11-22.abcdef-1-00.jsonl'), '');
    assert.deepEqual(await read(directory), []);
  });

  it('holds the same entries as the whole log, of all windows and days and of files that were moved aside', async () => {
    for (const [window, hour] of [
      ['abcdef-1-00', '01'],
      ['abcdef-2-00', '02'],
    ] as const) {
      const records: TimedRecord[] = [];
      for (let run = 0; run < 60; run++) {
        const day = String(1 + Math.floor(run / 12)).padStart(2, '0');
        const begin = `2026-11-${day}T${hour}:${String((run % 12) * 4).padStart(2, '0')}:00.000Z`;
        records.push(...timed(of(`${window}-${run}`, resolvedRun()), begin, 9000));
      }
      await writeJournal(directory, window, records);
    }
    assert.equal((await verifyJournal(directory)).intact, true);
    const { records } = await readRecords(directory);
    const expected = auditEntries(records, { liveRuns: new Set() });
    await mkdir(join(directory, 'archive'));
    await rename(
      join(directory, '2026-11-01.abcdef-1-00.jsonl'),
      join(directory, 'archive', '2026-11-01.abcdef-1-00.jsonl'),
    );
    assert.deepEqual(
      (await read(directory)).map(({ entry }) => entry),
      expected,
    );
  });

  it('passes over a last line that a power cut tore, and lines that are none', async () => {
    await writeJournal(directory, 'abcdef-1-00', timed(resolvedRun(), '2026-11-22T10:00:00.000Z'));
    const file = join(directory, '2026-11-22.abcdef-1-00.jsonl');
    await appendFile(file, 'nonsense\n\n{"actor":{"name":"ada"');
    assert.equal((await read(directory)).length, 1);
  });

  it('reads characters of several bytes and lines larger than a piece', async () => {
    const output = 'ärger 🚨 '.repeat(60_000);
    const records = resolvedRun().map((record) =>
      record.type === 'ExecutionFinished' ? { ...record, data: { ...record.data, output } } : record,
    );
    const all = [...of('a', records), ...of('b', records), ...of('c', records)];
    await writeJournal(directory, 'abcdef-1-00', timed(all, '2026-11-22T10:00:00.000Z'));
    const rows = await read(directory);
    assert.deepEqual(
      rows.map(({ entry }) => 'output' in entry && entry.output === output),
      [true, true, true],
    );
  });

  it('does not read what is far behind for its first page', async () => {
    const records = Array.from({ length: 1500 }, (_, run) => of(`r${run}`, resolvedRun())).flat();
    await writeJournal(directory, 'abcdef-1-00', timed(records, '2026-11-22T01:00:00.000Z', 100));
    const reading = await AuditReading.begin(directory, { filter: {}, liveRuns: new Set() });
    while ((await reading.next(50)).rows.length === 0);
    const { read: bytes, total } = reading.progress;
    assert.ok(bytes < total / 4, `${bytes} of ${total} bytes were read`);
    await reading.close();
  });

  it('begins with a run that waited for days until somebody approved it', async () => {
    const one = step('s9', { command: 'kubectl rollout restart deployment/late' });
    const before = of('late', [
      started(),
      fresh('Planned', { steps: [one] }),
      fresh('ApprovalRequested', { stepId: 's9' }),
    ]);
    const after = of('late', [
      fresh('Approved', { stepId: 's9', argvHash: one.argvHash }, { actor: ada }),
      executionStarted(one),
      executionFinished('s9'),
    ]);
    const between = Array.from({ length: 900 }, (_, run) => of(`r${run}`, resolvedRun())).flat();
    await writeJournal(directory, 'abcdef-1-00', [
      ...timed(before, '2026-11-19T10:00:00.000Z'),
      ...timed(between, '2026-11-20T10:00:00.000Z', 10),
      ...timed(after, '2026-11-21T10:00:00.000Z'),
    ]);
    const rows = await read(directory);
    assert.equal(rows.length, 901);
    const [first] = rows;
    assert.ok(first?.kind === 'step');
    assert.equal(first.entry.command, one.command);
    assert.equal(first.entry.approvedBy?.name, 'ada');
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  });

  it('shows a command whose run has lost its beginning, and nothing of it twice', async () => {
    const lost = resolvedRun().slice(4);
    const between = Array.from({ length: 700 }, (_, run) => of(`r${run}`, resolvedRun())).flat();
    await writeJournal(directory, 'abcdef-1-00', [
      ...timed(between, '2026-11-20T10:00:00.000Z', 10),
      ...timed(of('lost', lost), '2026-11-21T10:00:00.000Z'),
    ]);
    const rows = await read(directory, {}, 100);
    assert.equal(rows.length, 701);
    assert.equal(rows[0]?.kind === 'step' && rows[0].entry.runId, 'lost');
  });

  it('lists what PagerDuty was told, and what still waits to be sent', async () => {
    const wanted = (id: string, kind: 'note' | 'resolve') =>
      fresh('WriteBackWanted', { id, kind, to: 'https://api.pagerduty.com', window: 'w' }, { actor: ada });
    await writeJournal(
      directory,
      'abcdef-1-00',
      timed(
        [
          ...resolvedRun(),
          wanted('w1', 'note'),
          fresh('WriteBackDone', {
            id: 'w1',
            kind: 'note',
            outcome: 'written',
            message: 'Written',
            text: 'All is well',
          }),
          wanted('w2', 'resolve'),
        ],
        '2026-11-22T10:00:00.000Z',
      ),
    );
    const rows = await read(directory);
    assert.deepEqual(
      rows.map(({ kind, entry }) => [kind, entry.outcome]),
      [
        ['write-back', 'waiting'],
        ['write-back', 'written'],
        ['step', 'verified'],
      ],
    );
    assert.equal(rows[1]?.kind === 'write-back' && rows[1].entry.text, 'All is well');
  });

  it('lists who stopped, resumed and reset the automation, and finds it by name and words', async () => {
    const was = { state: 'open', consecutiveFailures: 3 } as const;
    const nobodys = { actor: ada, runId: null, incidentId: null };
    await writeJournal(
      directory,
      'abcdef-1-00',
      timed(
        [
          ...resolvedRun(),
          fresh('AutomationStopped', {}, nobodys),
          fresh('BreakerReset', { was }, nobodys),
          fresh('AutomationResumed', {}, nobodys),
        ],
        '2026-11-22T10:00:00.000Z',
      ),
    );
    const rows = await read(directory);
    assert.deepEqual(
      rows.flatMap((row) => (row.kind === 'automation' ? [[row.entry.what, row.entry.by.name]] : [])),
      [
        ['resumed', 'ada'],
        ['breaker-reset', 'ada'],
        ['stopped', 'ada'],
      ],
    );
    const messages = async (filter: AuditFilter) =>
      (await read(directory, filter)).map(({ entry }) => entry.message);
    assert.deepEqual(await messages({ text: 'circuit breaker' }), [
      'The circuit breaker was open: 3 failures in a row',
    ]);
    assert.equal((await messages({ actor: 'ada', text: 'automation' })).length, 2);
    assert.deepEqual(await messages({ context: 'production', text: 'automation' }), []);
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  });

  it('finds by every filter, and stops early where the time span is over', async () => {
    const records = Array.from({ length: 40 }, (_, run) =>
      timed(
        of(`r${run}`, resolvedRun()),
        new Date(Date.UTC(2026, 10, 1 + (run % 20), 3 + Math.floor(run / 20))).toISOString(),
      ),
    )
      .flat()
      .sort((a, b) => (a.time < b.time ? -1 : 1));
    await writeJournal(directory, 'abcdef-1-00', records);
    const count = async (filter: AuditFilter) => (await read(directory, filter)).length;
    assert.equal(await count({ incident: 'INC-R17' }), 1);
    assert.equal(await count({ incident: 'checkout is down' }), 40);
    assert.equal(await count({ actor: 'ADA', risk: 'medium', outcome: 'verified', context: 'pro' }), 40);
    assert.equal(await count({ risk: 'high' }), 0);
    assert.equal(await count({ text: 'rolled BACK' }), 40);
    assert.equal(await count({ text: 'nowhere' }), 0);
    assert.equal(await count({ from: '2026-11-03T00:00:00.000Z', before: '2026-11-05T00:00:00.000Z' }), 4);
    const reading = await AuditReading.begin(directory, {
      filter: { from: '2026-11-20T00:00:00.000Z' },
      liveRuns: new Set(),
    });
    assert.deepEqual([(await reading.next(100)).rows.length, reading.progress.total > 0], [2, true]);
  });

  it('can be broken off, and goes on from there', async () => {
    const records = Array.from({ length: 30 }, (_, run) => of(`r${run}`, resolvedRun())).flat();
    await writeJournal(directory, 'abcdef-1-00', timed(records, '2026-11-22T01:00:00.000Z'));
    const reading = await AuditReading.begin(directory, { filter: {}, liveRuns: new Set() });
    const stopped = await reading.next(30, AbortSignal.abort());
    assert.deepEqual([stopped.state, stopped.rows.length], ['stopped', 0]);
    let rows = 0;
    for (let state = 'more'; state === 'more';) {
      const page = await reading.next(100);
      rows += page.rows.length;
      ({ state } = page);
    }
    assert.equal(rows, 30);
  });

  it('is the whole log for any mix of runs, windows and pages', async () => {
    const mixed = fc.array(
      fc.record({
        window: fc.constantFrom('abcdef-1-00', 'abcdef-2-00'),
        length: fc.integer({ min: 1, max: 10 }),
        hour: fc.integer({ min: 0, max: 60 }),
        stepMs: fc.integer({ min: 1, max: 3_000_000 }),
      }),
      { maxLength: 12 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(mixed, fc.integer({ min: 1, max: 5 }), async (runs, page) => {
        const place = join(directory, String(round++));
        const windows = Map.groupBy(
          runs.map((run, index) => ({ ...run, index })),
          ({ window }) => window,
        );
        for (const [window, all] of windows) {
          const records = all.flatMap(({ length, hour, stepMs, index }) =>
            timed(
              of(`r${index}`, resolvedRun().slice(0, length)),
              new Date(Date.UTC(2026, 10, 1, hour, 0, 0, index)).toISOString(),
              stepMs,
            ),
          );
          await writeJournal(
            place,
            window,
            records.sort((a, b) => (a.time < b.time ? -1 : 1)),
          );
        }
        const rows = await read(place, {}, page);
        const expected = auditEntries((await readRecords(place)).records, { liveRuns: new Set() });
        const sorted = (entries: readonly unknown[]) => entries.map((entry) => JSON.stringify(entry)).sort();
        assert.deepEqual(sorted(rows.map(({ entry }) => entry)), sorted(expected));
        assert.deepEqual(
          rows.map(({ entry }) => entry.time),
          expected.map(({ time }) => time),
        );
      }),
      { numRuns: 40 },
    );
  });
});
