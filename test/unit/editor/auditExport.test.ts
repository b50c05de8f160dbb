import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportAudit } from '../../../src/editor/auditExport.ts';
import { exportFormats, type ExportFormat } from '../../../src/ipc/audit.ts';
import { AuditReading } from '../../../src/journal/audit-reading.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { timed, writeJournal } from '../../support/written-journal.ts';
import { ada, fresh, resolvedRun } from '../journal/records.ts';

describe('the audit log as a file', () => {
  let scratch: Scratch;
  let directory: string;

  before(async () => {
    scratch = await scratchFolder('audit-export');
    directory = join(scratch.path, 'journal');
    const note = [
      fresh('WriteBackWanted', { id: 'w', kind: 'note', to: 'https://x', window: 'w' }, { actor: ada }),
      fresh('WriteBackDone', {
        id: 'w',
        kind: 'note',
        outcome: 'written',
        message: 'Written',
        text: '# not a heading',
      }),
    ];
    const stop = fresh('AutomationStopped', {}, { actor: ada, runId: null, incidentId: null });
    const run = resolvedRun().map((record) =>
      record.type === 'RunStarted'
        ? { ...record, data: { ...record.data, alert: { id: 'inc1', title: '<b>[x](command:y)</b>' } } }
        : record,
    );
    await writeJournal(directory, 'abcdef-1-00', timed([...run, ...note, stop], '2026-11-22T10:00:00.000Z'));
  });

  after(() => scratch.remove());

  const written = async (format: ExportFormat, signal = new AbortController().signal) => {
    const path = join(scratch.path, `audit.${format}`);
    const reading = await AuditReading.begin(directory, { filter: {}, liveRuns: new Set() });
    const now = new Date('2026-11-23T00:00:00.000Z');
    const lines = await exportAudit(reading, {
      path,
      format,
      filter: {},
      practice: false,
      now,
      signal,
      onProgress: () => undefined,
    });
    return { lines, path };
  };

  it('is JSON with every line as the log has it', async () => {
    const { lines, path } = await written('json');
    const { entries, exportedAt } = JSON.parse(await readFile(path, 'utf8')) as {
      entries: { kind: string; argv?: unknown }[];
      exportedAt: string;
    };
    assert.equal(lines, 3);
    assert.equal(exportedAt, '2026-11-23T00:00:00.000Z');
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['automation', 'write-back', 'step'],
    );
    assert.ok(Array.isArray(entries[2]?.argv));
  });

  it('is CSV with a head', async () => {
    const { path } = await written('csv');
    const lines = (await readFile(path, 'utf8')).split('\r\n');
    assert.match(lines[0] ?? '', /^"time","kind",/);
    assert.equal(lines.length, 5);
    assert.match(lines[1] ?? '', /"automation".*"stopped".*"ada"/);
  });

  it('is a Markdown report in which text from outside stays text', async () => {
    const { path } = await written('markdown');
    const text = await readFile(path, 'utf8');
    assert.match(text, /^# Audit log\n/);
    assert.ok(text.includes('\\<b\\>\\[x\\]'), text);
    assert.match(text, /```text\n# not a heading\n```/);
    assert.match(text, /· Stop all automation\n\n- By: ada\n/);
    assert.match(text, /3 entries\.\n$/);
  });

  it('is not there, and what was there stays, where it was broken off', async () => {
    for (const format of exportFormats) {
      const path = join(scratch.path, `audit.${format}`);
      await writeFile(path, 'what was there');
      assert.equal((await written(format, AbortSignal.abort())).lines, undefined);
      assert.equal(await readFile(path, 'utf8'), 'what was there');
    }
    assert.deepEqual(
      (await readdir(scratch.path)).filter((name) => name.endsWith('.part')),
      [],
    );
  });
});
