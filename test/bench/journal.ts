/** How many records a second the journal keeps, compared with the least that a flushed log can cost. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewRecord } from '../../src/domain/record.ts';
import { Journal } from '../../src/journal/journal.ts';
import { canonical } from '../../src/journal/canonical.ts';
import { scratchFolder } from '../support/scratch.ts';
import type { Measured } from '../support/measured.ts';

const records = 1500;
const warmUp = 300;
const goal = 0.8;

/** What is written most often while a run goes on: the end of a command with a screen of output. */
const record: NewRecord = {
  runId: '4be0643f-1d98-473b-97cd-ca98a65347dd',
  incidentId: 'PGR0VU2',
  actor: { type: 'system', name: 'oncall-agent' },
  type: 'ExecutionFinished',
  data: {
    stepId: 's1',
    exitCode: 0,
    durationMs: 184,
    output: Array.from({ length: 10 }, (_, line) => `deployment.apps/checkout-${line} rolled back`).join(
      '\n',
    ),
  },
};

/**
 * Each record goes through the journal and, to the letter, into a file by a bare write and flush. The two take
 * turns and their medians are compared, so that what else the machine does meets both sides alike.
 */
export async function rows(): Promise<Measured[]> {
  const scratch = await scratchFolder('bench-journal');
  try {
    const journal = new Journal({ directory: join(scratch.path, 'journal') });
    await journal.open();
    const bare = await open(join(scratch.path, 'bare'), 'a', 0o600);
    const journalMs: number[] = [];
    const bareMs: number[] = [];
    let written = await journal.append(record);
    for (let count = -warmUp; count < records; count++) {
      const ours = async () => {
        written = await journal.append(record);
      };
      const line = `${canonical(written)}\n`;
      const theirs = async () => {
        await bare.write(line);
        await bare.datasync();
      };
      // Neither is always the one that comes after the other's flush.
      const turns =
        count % 2 === 0
          ? { ours: await timed(ours), theirs: await timed(theirs) }
          : { theirs: await timed(theirs), ours: await timed(ours) };
      if (count < 0) continue;
      journalMs.push(turns.ours);
      bareMs.push(turns.theirs);
    }
    await bare.close();
    const kept = (await journal.records()).length;
    await journal.close();
    if (kept !== 1 + warmUp + records)
      throw new Error(`${kept} of ${1 + warmUp + records} records were kept`);
    const ratio = median(bareMs) / median(journalMs);
    return [
      {
        name: 'journal, against a bare append-and-fsync loop',
        value: `${ratio.toFixed(2)} (${Math.round(1000 / median(journalMs)).toLocaleString('en')} records/s)`,
        goal: `>= ${goal}`,
        met: ratio >= goal,
      },
    ];
  } finally {
    await scratch.remove();
  }
}

/** Milliseconds that a task takes. */
async function timed(task: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
