/** Checks that nobody edited the journal. */
import { join } from 'node:path';
import { canonical, chainStart, recordHash } from './canonical.ts';
import { archiveFolder, journalFiles, journalLines, parseLine } from './files.ts';

/** What was found in one file. */
export interface FileVerdict {
  readonly file: string;
  /** How many lines are in order, from the start. */
  readonly records: number;
  /** The first line (from 1) that is not what was written; those after it cannot be told. */
  readonly firstBroken?: { readonly line: number; readonly reason: string };
  /** The last line has no end: a power cut came between. Not counted as tampering. */
  readonly tornLastLine: boolean;
}

/**
 * Walks the chain of every file of a journal's directory, and of those that were moved aside.
 *
 * It tells lines that were edited, removed, inserted, swapped or cut, and files that were renamed. It cannot tell whole
 * lines cut off the end of a file, nor a chain computed anew from the edit on: the hashes need no secret.
 */
export async function verifyJournal(directory: string): Promise<{ files: FileVerdict[]; intact: boolean }> {
  const files: FileVerdict[] = [];
  for (const folder of [join(directory, archiveFolder), directory]) {
    for (const file of await journalFiles(folder)) files.push(await verifyFile(folder, file));
  }
  return { files, intact: files.every((verdict) => verdict.firstBroken === undefined) };
}

async function verifyFile(directory: string, file: string): Promise<FileVerdict> {
  const { lines, torn } = await journalLines(directory, file);
  let prev = chainStart(file);
  for (const [index, line] of lines.entries()) {
    const reason = brokenBecause(line, index + 1, prev);
    if (reason !== undefined) {
      return { file, records: index, firstBroken: { line: index + 1, reason }, tornLastLine: torn !== '' };
    }
    prev = parseLine(line)?.hash ?? '';
  }
  return { file, records: lines.length, tornLastLine: torn !== '' };
}

/** Why a line is not the one that was written at this place, or undefined where it is. */
function brokenBecause(line: string, number: number, prev: string): string | undefined {
  const record = parseLine(line);
  if (record === undefined) return 'The line is not a journal record.';
  if (record.hash !== recordHash(record))
    return 'The record was changed: its hash does not belong to its content.';
  if (canonical(record) !== line)
    return 'The line was rewritten: it is not in the form in which records are written.';
  if (record.seq !== number) {
    return `Record ${number} is expected here, but this is record ${record.seq}: lines were removed, inserted or moved.`;
  }
  if (record.prev !== prev) {
    return number === 1
      ? 'The first record does not belong to a file of this name: the file was renamed or its start was replaced.'
      : 'The record does not follow from the one before: a line before it was replaced.';
  }
  return undefined;
}
