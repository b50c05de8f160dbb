/** Journal files with given times, chained as the journal chains them. */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewRecord } from '../../src/domain/record.ts';
import { canonical, chainStart, recordHash } from '../../src/journal/canonical.ts';
import { journalFileName } from '../../src/journal/files.ts';

/** A record, and when it was written. */
export type TimedRecord = NewRecord & { readonly time: string };

/**
 * Writes records into the files of a window, one for each of their days.
 * @param records in the order in which they were written
 */
export async function writeJournal(
  directory: string,
  window: string,
  records: readonly TimedRecord[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const days = new Map<string, TimedRecord[]>();
  let day = '';
  for (const record of records) {
    // A clock that is set back begins no file.
    if (record.time.slice(0, 10) > day) day = record.time.slice(0, 10);
    const written = days.get(day);
    if (written === undefined) days.set(day, [record]);
    else written.push(record);
  }
  for (const [date, written] of days) {
    const file = journalFileName(date, window, 1);
    let prev = chainStart(file);
    const lines = written.map((record, index) => {
      const unhashed = { ...record, seq: index + 1, prev };
      prev = recordHash(unhashed);
      return `${canonical({ ...unhashed, hash: prev })}\n`;
    });
    await appendFile(join(directory, file), lines.join(''));
  }
}

/** Dates records one after another. @param stepMs between two of them */
export function timed(records: readonly NewRecord[], begin: string, stepMs = 1000): TimedRecord[] {
  const start = Date.parse(begin);
  return records.map((record, index) => ({
    ...record,
    time: new Date(start + index * stepMs).toISOString(),
  }));
}
