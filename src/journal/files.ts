/** The journal's files: how they are called and where they are. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

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

/** The later one of two times in ISO 8601. */
export function latest(a: string, b: string): string {
  return a < b ? b : a;
}
