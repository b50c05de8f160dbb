/** How long the newest page of the audit log takes where the journal holds a million records, and a search through all of them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuditReading } from '../../src/journal/audit-reading.ts';
import { verifyJournal } from '../../src/journal/chain.ts';
import type { Measured } from '../support/measured.ts';
import { mustRun } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { generateJournal } from './audit/generate.ts';

/** What page.ts prints: milliseconds, and bytes. */
interface PageRead {
  readonly rows: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly read: number;
  readonly total: number;
}

const records = 1_000_000;
const rounds = 5;
const goalMs = 200;
const page = fileURLToPath(new URL('./audit/page.ts', import.meta.url));

/**
 * Each page is read by a process of its own: nothing of the journal, and none of the code, is warm. The goal is about wall time,
 * which is what a person waits; processor time is told beside it, so that a busy machine can be told from slow code.
 */
export async function rows(): Promise<Measured[]> {
  const scratch = await scratchFolder('bench-audit');
  try {
    await provesItself(join(scratch.path, 'small'));
    const directory = join(scratch.path, 'journal');
    const written = await generateJournal(directory, records);
    if (written < records) throw new Error(`${written} of ${records} records were written`);
    const cpu: number[] = [];
    const wall: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const said = await mustRun(process.execPath, [page, directory], { timeoutMs: 60_000 });
      const { rows: shown, cpuMs, wallMs, read, total } = JSON.parse(said) as PageRead;
      if (shown !== 100) throw new Error(`${shown} lines are shown, not 100`);
      if (read > total / 20) throw new Error(`${read} of ${total} bytes were read for one page`);
      cpu.push(cpuMs);
      wall.push(wallMs);
    }
    const searching = performance.now();
    const reading = await AuditReading.begin(directory, {
      filter: { text: 'is nowhere' },
      liveRuns: new Set(),
    });
    for (let state = 'more'; state === 'more';) ({ state } = await reading.next(100));
    const searchS = (performance.now() - searching) / 1000;
    return [
      {
        name: 'audit log of 1,000,000 records, newest page read (median of 5 · processor time) · all of it searched',
        value: `${median(wall).toFixed(0)} ms · ${median(cpu).toFixed(0)} ms processor · ${searchS.toFixed(1)} s`,
        goal: `<= ${goalMs} ms`,
        met: median(wall) <= goalMs,
      },
    ];
  } finally {
    await scratch.remove();
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What is measured must be a journal: its chains hold. */
async function provesItself(directory: string): Promise<void> {
  await generateJournal(directory, 2000);
  const { intact, files } = await verifyJournal(directory);
  if (!intact) throw new Error(`The chain is broken: ${JSON.stringify(files)}`);
}
