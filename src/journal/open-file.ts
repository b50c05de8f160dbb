/** Whether a path still leads to the file that is open: what is written to one that was taken away is seen by nobody. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { archiveFolder } from './files.ts';

/** A file that is open, as it was left. */
export interface OpenFile {
  readonly path: string;
  /** Which file it is, by device and number. */
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes that are known to be on disk; a failed write is cut back to them. */
  readonly size: number;
}

/** What became of a file, in words. */
export class FileTrouble extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'FileTrouble';
    this.next = next;
  }
}

const again = 'then try again: a new file is begun, and automation stays stopped until you resume it.';

/** @returns what became of the file, or undefined where its path still leads to it; how long it is is not looked at */
export async function troubleWith(file: OpenFile): Promise<FileTrouble | undefined> {
  const name = basename(file.path);
  const folder = dirname(file.path);
  // We ourselves may have moved it aside.
  const found = (await statOf(file.path)) ?? (await statOf(join(folder, archiveFolder, name)));
  if (found === undefined) {
    return (await statOf(folder)) === undefined
      ? new FileTrouble(
          'the folder was removed, renamed or unmounted while it was being written to',
          `Nothing more is executed without it. Put the folder back or make it anew, ${again}`,
        )
      : new FileTrouble(
          `its file ${name} was removed or renamed while it was being written to`,
          `Nothing more is executed without it. Find out who did that, ${again}`,
        );
  }
  if (found.dev !== file.dev || found.ino !== file.ino)
    return new FileTrouble(
      `another file is in the place of ${name}, which was being written to`,
      `Nothing more is executed without it. Find out who did that, ${again}`,
    );
  return undefined;
}

/** @param size what somebody else made of it, in bytes */
export function changedTrouble(file: OpenFile, size: number): FileTrouble {
  return new FileTrouble(
    `somebody else changed ${basename(file.path)}: it has ${size} bytes instead of ${file.size}`,
    `Nothing more is executed without it. Find out who did that, ${again}`,
  );
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
