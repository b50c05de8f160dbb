import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { AuditFilter } from '../../../src/domain/audit-log.ts';
import { AuditQuery, tellCharts, type AuditQueryParts } from '../../../src/editor/auditQuery.ts';
import type { ToAudit } from '../../../src/ipc/audit.ts';
import { AuditReading } from '../../../src/journal/audit-reading.ts';
import { reliability } from '../../../src/journal/reliability.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { timed, writeJournal } from '../../support/written-journal.ts';
import { resolvedRun } from '../journal/records.ts';

describe('what the audit log panel is told', function () {
  this.timeout(60_000);
  let scratch: Scratch;
  let directory: string;
  let told: ToAudit[];
  let parts: AuditQueryParts;

  const write = (window: string, from: number, count: number) =>
    writeJournal(
      directory,
      window,
      Array.from({ length: count }, (_, index) =>
        timed(
          resolvedRun().map((record) => ({
            ...record,
            runId: `r${from + index}`,
            incidentId: `Q${from + index}`,
          })),
          new Date(Date.UTC(2026, 10, 1) + (from + index) * 60_000).toISOString(),
          100,
        ),
      ).flat(),
    );

  /** All lines that were told, page by page, and how the last page ended. */
  const pages = () => {
    const rows = told.flatMap((message) => (message.type === 'rows' ? message.rows : []));
    const last = told.findLast((message) => message.type === 'rows');
    return [rows.length, last?.state];
  };

  beforeEach(async () => {
    scratch = await scratchFolder('audit-query');
    directory = join(scratch.path, 'journal');
    told = [];
    parts = {
      begin: (filter: AuditFilter, onRun) =>
        AuditReading.begin(directory, {
          filter,
          liveRuns: new Set(),
          ...(onRun === undefined ? {} : { onRun }),
        }),
      reliability: () => Promise.resolve(reliability([])),
      tell: (message) => told.push(message),
    };
    await write('abcdef-1-00', 0, 150);
  });

  afterEach(() => scratch.remove());

  it('is a page, then the next one, then that there is no more', async () => {
    const query = new AuditQuery(parts, 1, {});
    await query.more();
    assert.deepEqual(pages(), [100, 'page']);
    await query.more();
    assert.deepEqual(pages(), [150, 'end']);
    await query.close();
  });

  it('is as many lines as were shown before a tab switch', async () => {
    const query = new AuditQuery(parts, 1, {});
    await query.more(130);
    assert.deepEqual(pages(), [130, 'page']);
    await query.close();
  });

  it('is the newest page again when something was written, and up to where it holds', async () => {
    const query = new AuditQuery(parts, 1, {});
    await query.more();
    await write('abcdef-2-00', 150, 3);
    await query.newest();
    const newest = told.find((message) => message.type === 'newest');
    const first = newest?.rows[0];
    assert.equal(first?.kind === 'step' && first.entry.incidentId, 'Q152');
    assert.deepEqual([newest?.rows.length, newest?.since], [100, newest?.rows[99]?.entry.time]);
    await query.close();
  });

  it('is only what is asked for, also when something was written', async () => {
    const query = new AuditQuery(parts, 1, { incident: 'Q149' });
    await query.more();
    assert.deepEqual(pages(), [1, 'end']);
    await write('abcdef-2-00', 150, 3);
    await query.newest();
    const newest = told.find((message) => message.type === 'newest');
    assert.deepEqual([newest?.rows.length, newest?.since], [1, '']);
    await query.close();
  });

  it('is why the journal cannot be read', async () => {
    const broken = new AuditQuery({ ...parts, begin: () => Promise.reject(new Error('EACCES')) }, 1, {});
    await broken.more();
    assert.deepEqual(told, [
      { type: 'rows', id: 1, rows: [], state: 'failed', share: 0, leftOut: 0, message: 'EACCES' },
    ]);
  });

  it('is nothing any more once another question took its place', async () => {
    const query = new AuditQuery(parts, 1, {});
    await query.close();
    await query.more();
    assert.deepEqual(told, []);
  });

  it('is the sums of everything that the filters let through, and that they were broken off', async () => {
    await tellCharts(parts, 4, {}, new AbortController().signal);
    const last = told.at(-1);
    assert.ok(last?.type === 'charts');
    assert.deepEqual([last.state, last.share, last.statistics.mitigated], ['end', 1, 150]);
    await tellCharts(parts, 5, {}, AbortSignal.abort());
    const stopped = told.at(-1);
    assert.equal(stopped?.type === 'charts' && stopped.state, 'stopped');
  });
});
