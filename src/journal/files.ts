/** The journal's files: how they are called and how their lines are read. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../domain/record.ts';

/** `2026-11-22.4f1c….jsonl`: the day in UTC, the window, and a counter where the two are taken already. */
const filePattern = /^\d{4}-\d{2}-\d{2}\.[\w-]+(\.\d+)?\.jsonl$/;

/**
 * The name of a window's file for a day.
 * @param attempt from 1; above 1 where files of that name exist already
 */
export function journalFileName(day: string, window: string, attempt: number): string {
  return `${day}.${window}${attempt === 1 ? '' : `.${attempt}`}.jsonl`;
}

/** The window that a file belongs to, by its name. */
export function windowOf(file: string): string {
  return file.split('.')[1] ?? '';
}

/** The journal files of a directory, by name; none where there is no directory. */
export async function journalFiles(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => filePattern.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Where old files are moved to, within the journal's directory. */
export const archiveFolder = 'archive';

/**
 * The path of each journal file by its name: those in place, and those that were moved aside. Sorted by name.
 * A file that is moved aside meanwhile is in the list, maybe with the path that it had.
 */
export async function journalPaths(directory: string): Promise<Map<string, string>> {
  const archive = join(directory, archiveFolder);
  // In place first: what is moved between the two looks is in one of them at least.
  const inPlace = await journalFiles(directory);
  const paths = new Map<string, string>();
  for (const file of await journalFiles(archive)) paths.set(file, join(archive, file));
  for (const file of inPlace) paths.set(file, join(directory, file));
  return new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lines of a journal file. `torn` is what stands after the last line end: what a power cut leaves behind. */
export async function journalLines(
  directory: string,
  file: string,
): Promise<{ lines: string[]; torn: string }> {
  const lines = (await readFile(join(directory, file), 'utf8')).split('\n');
  const torn = lines.pop() ?? '';
  return { lines, torn };
}

/** A line as a record, or undefined where it is none. Whether its hash is right is not looked at. */
export function parseLine(line: string): JournalRecord | undefined {
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
    typeof record.hash === 'string' &&
    typeof record.prev === 'string';
  return valid ? (value as JournalRecord) : undefined;
}

/**
 * All records of a directory, by time, then file, then number. Lines that are no records are skipped.
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

/** The later one of two times in ISO 8601. */
export function latest(a: string, b: string): string {
  return a < b ? b : a;
}
