/** Checks that nobody edited the journal. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '../domain/record.ts';
import type { ReadProgress } from './backwards.ts';
import { canonical, chainStart, recordHash } from './canonical.ts';
import { archiveFolder, journalFiles } from './files.ts';
import { parseEnvelope } from './lines.ts';
import { hasShape } from './shapes.ts';
import { linesIn } from './stream.ts';

/** What was found in one file. */
export interface FileVerdict {
  readonly file: string;
  /** How many lines are in order, from the start. */
  readonly records: number;
  /** The first line (from 1) that is not what was written; those after it cannot be told. */
  readonly firstBroken?: { readonly line: number; readonly reason: string };
  /** The last line has no end: a power cut came between. Not counted as tampering. */
  readonly tornLastLine: boolean;
  /** Lines that are in order and hold a record of a form that this version does not know: nothing reads them. */
  readonly unknownLines: number;
}

export interface VerifyOptions {
  /** Breaks the walk off. */
  readonly signal?: AbortSignal;
  /** Told again and again how far the walk is. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * Walks the chain of every file of a journal's directory, and of those that were moved aside.
 *
 * It tells lines that were edited, removed, inserted, swapped or cut, and files that were renamed. It cannot tell whole
 * lines cut off the end of a file, nor a chain computed anew from the edit on: the hashes need no secret.
 * @throws the reason of the signal once it is given, or what the file system throws where the journal cannot be read
 */
export async function verifyJournal(
  directory: string,
  { signal, onProgress = () => undefined }: VerifyOptions = {},
): Promise<{ files: FileVerdict[]; intact: boolean }> {
  const found: { folder: string; file: string; size: number }[] = [];
  for (const folder of [join(directory, archiveFolder), directory]) {
    for (const file of await journalFiles(folder))
      found.push({ folder, file, size: (await stat(join(folder, file))).size });
  }
  const total = found.reduce((sum, { size }) => sum + size, 0);
  const files: FileVerdict[] = [];
  let read = 0;
  for (const { folder, file, size } of found) {
    const verdict = await verifyFile(folder, file, size, (bytes) => {
      signal?.throwIfAborted();
      onProgress({ read: read + bytes, total });
    });
    files.push(verdict);
    read += size;
  }
  return { files, intact: files.every((verdict) => verdict.firstBroken === undefined) };
}

/** @param onBytes told how many bytes of the file were read, again and again */
async function verifyFile(
  directory: string,
  file: string,
  size: number,
  onBytes: (bytes: number) => void,
): Promise<FileVerdict> {
  let prev = chainStart(file);
  let records = 0;
  let bytes = 0;
  let torn = false;
  let unknownLines = 0;
  let firstBroken: FileVerdict['firstBroken'];
  for await (const { lines, rest } of linesIn(join(directory, file), 0, size)) {
    torn = rest > 0;
    for (const line of lines) {
      bytes += line.length + 1;
      // What follows a broken line cannot be told, but whether the last one is whole.
      if (firstBroken !== undefined) continue;
      const text = line.toString('utf8');
      const record = parseEnvelope(text);
      const reason = brokenBecause(text, record, records + 1, prev);
      if (reason === undefined) records++;
      else firstBroken = { line: records + 1, reason };
      if (record !== undefined && !hasShape(record.type, record.data)) unknownLines++;
      prev = record?.hash ?? '';
    }
    onBytes(bytes + rest);
  }
  return {
    file,
    records,
    ...(firstBroken === undefined ? {} : { firstBroken }),
    tornLastLine: torn,
    unknownLines,
  };
}

/** Why a line is not the one that was written at this place, or undefined where it is. */
function brokenBecause(
  line: string,
  record: JournalRecord | undefined,
  number: number,
  prev: string,
): string | undefined {
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
