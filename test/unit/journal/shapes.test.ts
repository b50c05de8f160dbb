/** Lines of a form that nobody expects, as another version or a hand leaves them in the folder: they are left out, and stop nothing. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JournalRecord, NewRecord } from '../../../src/domain/record.ts';
import { AuditReading } from '../../../src/journal/audit-reading.ts';
import { auditEntries, executionHistory } from '../../../src/journal/audit.ts';
import { canonical } from '../../../src/journal/canonical.ts';
import { verifyJournal } from '../../../src/journal/chain.ts';
import { journalFileName } from '../../../src/journal/files.ts';
import { parseLine } from '../../../src/journal/lines.ts';
import { historyOf } from '../../../src/journal/history.ts';
import { JournalFile } from '../../../src/journal/journal-file.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { incidentReport, reportedIncidents } from '../../../src/journal/report.ts';
import { runViews } from '../../../src/journal/runs.ts';
import type { Scrubber } from '../../../src/journal/scrub.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { view } from '../editor/sample.ts';
import { ada, dated, executionStarted, fresh, resolvedRun, step, verificationFinished } from './records.ts';

const diagnosis = view.diagnosis as NonNullable<typeof view.diagnosis>;
const undo = step('u1', { undoes: 's1' });
/** One of most types. */
const records: readonly JournalRecord[] = dated(
  ...resolvedRun().slice(0, 2),
  fresh('Diagnosed', { diagnosis }),
  ...resolvedRun().slice(2),
  fresh('UndoPlanned', { step: undo }, { actor: ada }),
  executionStarted(undo),
  fresh('ExecutionFinished', {
    stepId: 'u1',
    exitCode: 1,
    durationMs: 1,
    output: '',
    error: 'no',
    effect: 'unknown',
  }),
  fresh('InterruptionChecked', { stepId: 'u1', result: 'unknown', message: 'It cannot be told' }),
  fresh('StepReplaced', { step: step('s1', { command: 'kubectl get pods' }), why: 'edited' }, { actor: ada }),
  fresh('StepSkipped', { stepId: 's1', reason: 'Skipped by the user' }, { actor: ada }),
  fresh('ChangeAnnounced', { stepId: 's1', context: 'prod', causes: ['a'] }),
  fresh('RunInterrupted', { stepId: 'u1', by: 'window', message: 'the window was closed' }),
  fresh('TargetUnclear', { candidates: [], reason: 'none' }),
  fresh('WriteBackWanted', { id: 'w', kind: 'note', to: 'https://api', window: 'x' }),
  fresh('WriteBackDone', { id: 'w', kind: 'note', outcome: 'written', message: 'done' }),
  fresh('RunEnded', { status: 'unresolved', message: 'It did not go through', by: 'window' }),
);

/** What everything does that reads records. */
function readAll(some: readonly JournalRecord[]): void {
  const history = historyOf(some);
  history.stepsInFlight(new Date(), 600);
  [...history.changes.since(new Date(0))].map(({ targets }) => targets.map(({ kind }) => kind));
  runViews(some, { liveRuns: new Set() });
  auditEntries(some);
  executionHistory(some);
  reportedIncidents(some);
  incidentReport(some, 'inc1');
}

/** Every place in a value, as the keys that lead there. */
function places(value: unknown, above: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [above];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [above, ...entries.flatMap(([key, member]) => places(member, [...above, key]))];
}

/** A copy with something else at a place. */
function changed(value: unknown, [key, ...rest]: readonly (string | number)[], into: unknown): unknown {
  if (key === undefined) return into;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest, into);
  return copy;
}

const line = (record: object): string => canonical(JSON.parse(JSON.stringify(record)));

describe('A journal line of a form that this version does not know', () => {
  it('is none of those that this version writes, nor of an earlier one', () => {
    for (const record of records) assert.ok(parseLine(line(record)), record.type);
    // As they were before records had a format, an outcome, an effect or grounds.
    const old = { ...(records[3] as JournalRecord) } as { format?: number };
    delete old.format;
    assert.ok(parseLine(line(old)));
  });

  it('is left out, or whatever reads it goes on: nothing that can stand in a line stops it', () => {
    const one = fc
      .constantFrom(...records)
      .chain((record) =>
        fc.tuple(
          fc.constant(record),
          fc.constantFrom(...places(record).filter((place) => place.length > 0)),
          fc.oneof(
            fc.constant(undefined),
            fc.constantFrom(null, 0, '', [], {}, [null], [{}]),
            fc.jsonValue(),
          ),
        ),
      );
    let leftOut = 0;
    fc.assert(
      fc.property(one, ([record, place, into]) => {
        const odd = parseLine(line(changed(record, place, into) as object));
        if (odd === undefined) leftOut++;
        else readAll(records.map((other) => (other === record ? odd : other)));
      }),
      { numRuns: 3000 },
    );
    assert.ok(leftOut > 300, `only ${leftOut} were left out`);
  });

  describe('in another window’s file', () => {
    let scratch: Scratch;
    let journal: Journal;
    before(async () => {
      scratch = await scratchFolder('shapes');
      const day = '2026-11-22';
      const other = await JournalFile.create(join(scratch.path, journalFileName(day, 'other', 1)), day);
      const odd = [
        { ...fresh('Planned', { steps: [] }), data: { steps: 'none' } },
        { ...fresh('StepReplaced', { step: step('s1'), why: '' }), data: { step: { id: 's1' }, why: 'new' } },
        { ...fresh('RunStarted', { alert: { id: '', title: '' }, mode: 'plan', context: '' }), data: {} },
        verificationFinished('s9', false),
        { ...fresh('HandedOver', {}), type: 'OfALaterVersion' },
      ];
      const asItIs = { scrub: (_type: unknown, data: unknown) => data } as unknown as Scrubber;
      await other.append(odd as unknown as NewRecord[], `${day}T12:00:00.000Z`, asItIs);
      await other.close();
      journal = new Journal({ directory: scratch.path, window: 'own' });
      await journal.open();
    });
    after(async () => {
      await journal.close();
      await scratch.remove();
    });

    it('keeps no decision from being made, and is counted', async () => {
      const history = await journal.history();
      assert.equal(history.leftOut, 3);
      assert.equal(history.breakerEvents.length, 1, 'what is whole counts');
      assert.equal((await journal.history()).leftOut, 3, 'it is counted once');
    });

    it('keeps nobody from looking: it is told how many are missing', async () => {
      assert.doesNotThrow(() => readAll([]));
      readAll(await journal.records());
      assert.equal(journal.skippedLines, 3);
      const reading = await AuditReading.begin(scratch.path, { filter: {}, liveRuns: new Set() });
      const { leftOut, state } = await reading.next(100);
      await reading.close();
      assert.deepEqual([leftOut, state], [3, 'end']);
    });

    it('is no sign that somebody changed the log, and is told apart from that', async () => {
      const { files, intact } = await verifyJournal(scratch.path);
      assert.equal(intact, true);
      assert.equal(
        files.reduce((sum, { unknownLines }) => sum + unknownLines, 0),
        3,
      );
    });
  });
});
