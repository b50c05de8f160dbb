/** The lines of the journal's files, read as records. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../domain/record.ts';
import { journalFiles, latest } from './files.ts';
import { hasShape } from './shapes.ts';

/** The lines of a journal file. `torn` is what stands after the last line end: what a power cut leaves behind. */
export async function journalLines(
  directory: string,
  file: string,
): Promise<{ lines: string[]; torn: string }> {
  const lines = (await readFile(join(directory, file), 'utf8')).split('\n');
  const torn = lines.pop() ?? '';
  return { lines, torn };
}

/**
 * A line as a record, or undefined where it is none, or none whose data has the shape of its type. Whether its hash is right is not
 * looked at.
 */
export function parseLine(line: string): JournalRecord | undefined {
  const record = parseEnvelope(line);
  return record !== undefined && hasShape(record.type, record.data) ? record : undefined;
}

/** The same whatever its data is: for who looks at the chain alone. */
export function parseEnvelope(line: string): JournalRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Partial<JournalRecord>;
  const valid =
    typeof record.seq === 'number' &&
    typeof record.time === 'string' &&
    typeof record.type === 'string' &&
    typeof record.data === 'object' &&
    record.data !== null &&
    typeof record.actor === 'object' &&
    record.actor !== null &&
    typeof record.actor.name === 'string' &&
    isId(record.runId) &&
    isId(record.incidentId) &&
    typeof record.hash === 'string' &&
    typeof record.prev === 'string';
  return valid ? (value as JournalRecord) : undefined;
}

const isId = (value: unknown): boolean => value === null || typeof value === 'string';

/**
 * All records of a directory, by time, then file, then number. Lines that are no records, or of an unknown shape, are skipped.
 * @returns the records, and how many lines were skipped
 */
export async function readRecords(directory: string): Promise<{ records: JournalRecord[]; skipped: number }> {
  let skipped = 0;
  const files: JournalRecord[][] = [];
  for (const file of await journalFiles(directory)) {
    const { lines, torn } = await journalLines(directory, file);
    if (torn !== '') skipped++;
    const records: JournalRecord[] = [];
    for (const line of lines) {
      const record = parseLine(line);
      if (record === undefined) skipped++;
      else records.push(record);
    }
    files.push(records);
  }
  return { records: inOrder(files), skipped };
}

/**
 * The records of several files by time. Those of one file keep their order, though a clock was set back in between: what
 * was written later happened later.
 */
export function inOrder(files: readonly (readonly JournalRecord[])[]): JournalRecord[] {
  const dated = files.flatMap((records) => {
    let at = '';
    return records.map((record) => ({ record, at: (at = latest(at, record.time)) }));
  });
  // Stable: records of one time keep the order of their files.
  return dated.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ record }) => record);
}
