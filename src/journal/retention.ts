/** Moves old files of a journal aside. They are never edited and never deleted, and whoever verifies the journal checks them too. */
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveFolder, journalFiles } from './files.ts';

/** The least that stays in place, in days: what people look back at. Decisions read what was moved aside all the same. */
export const leastRetentionDays = 7;

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Moves the files whose last record is older than that. A file that cannot be moved stays, for the next time: one that a
 * window holds open on Windows, one whose name is taken in the archive.
 * @param days 0 keeps everything in place; less than {@link leastRetentionDays} counts as that
 * @returns the names of the files that were moved
 */
export async function archiveOld(directory: string, days: number, now: Date): Promise<string[]> {
  if (!(days > 0)) return [];
  const oldest = now.getTime() - Math.max(days, leastRetentionDays) * dayMs;
  const moved: string[] = [];
  for (const file of await journalFiles(directory)) {
    // By its name and by its last record: a window may go on in a file of yesterday.
    const dayIsOver = Date.parse(file.slice(0, 10)) + dayMs;
    const path = join(directory, file);
    if (!(dayIsOver < oldest) || !((await stat(path)).mtimeMs < oldest)) continue;
    if (await move(path, join(directory, archiveFolder), file)) moved.push(file);
  }
  return moved;
}

async function move(path: string, folder: string, file: string): Promise<boolean> {
  const target = join(folder, file);
  try {
    await mkdir(folder, { mode: 0o700, recursive: true });
    if (await exists(target)) return false;
    await rename(path, target);
    return true;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
