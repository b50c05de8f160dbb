/** Reads a journal as a stream: in pieces, and from where the last reading ended. */
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { archiveFolder, journalPaths, latest } from './files.ts';
import { parseLine } from './lines.ts';

/** How far a file was read, and how it looked then. */
export interface Mark {
  /** Up to the end of a line. */
  readonly bytes: number;
  /**
   * The end of what was read: it holds the last record's hash, and with it all that came before. Absent where the reading
   * broke off in the middle of the file.
   */
  readonly end?: string;
  /** Milliseconds since 1970, and the size, in bytes. */
  readonly changedAt: number;
  readonly size: number;
  /** The latest time of a record so far, ISO 8601. */
  readonly latest: string;
}

/** How far each file was read, by its name. A number is a place that nobody has read up to. */
export type ReadPosition = Map<string, Mark | number>;

/**
 * Hands on the records after a position, file by file, those that were moved aside too, and moves the position along, so
 * that a reading that breaks off is gone on from. Records of different files are in no order of time.
 * `at` is a record's time or, where the clock was set back, that of one before it in its file: it never goes back.
 * Lines that are no records are passed over; a last line that is still being written is left for the next time.
 *
 * A file that has gone, became shorter or was written anew is lost: what was read of it stays read, and nothing more is read
 * of it until it is back.
 * @param types only these; a line as the journal writes it is told by its end and not even parsed where it is another
 * @param onLeftOut told of each line that should be one of these and is none that can be read
 * @returns the files that are lost now, by name
 */
export async function readOn(
  directory: string,
  position: ReadPosition,
  types: ReadonlySet<RecordType>,
  onRecord: (record: JournalRecord, file: string, at: string) => void,
  onLeftOut: () => void = () => undefined,
): Promise<ReadonlySet<string>> {
  const found = await filesNow(directory);
  const lost = new Set<string>();
  for (const [file, mark] of position) {
    const now = found.get(file);
    if (now !== undefined ? await continues(now, mark) : isEmpty(mark)) continue;
    lost.add(file);
  }
  for (const [file, { path, size, changedAt }] of found) {
    const mark = position.get(file) ?? 0;
    if (lost.has(file) || (typeof mark !== 'number' && mark.size === size && mark.changedAt === changedAt))
      continue;
    let bytes = typeof mark === 'number' ? mark : mark.bytes;
    let at = typeof mark === 'number' ? '' : mark.latest;
    try {
      await readFileOn(path, bytes, size, types, (read, record) => {
        bytes = read;
        if (record === 'left out') onLeftOut();
        if (record === undefined || record === 'left out') return;
        at = latest(at, record.time);
        onRecord(record, file, at);
      });
    } finally {
      position.set(file, { bytes, latest: at, size: -1, changedAt: -1 });
    }
    position.set(file, { bytes, end: await endBefore(path, bytes), latest: at, size, changedAt });
  }
  return lost;
}

interface FileNow {
  readonly path: string;
  readonly size: number;
  readonly changedAt: number;
}

/** The files as they are now. One that is moved aside meanwhile is found where it was moved to. */
async function filesNow(directory: string): Promise<Map<string, FileNow>> {
  const found = new Map<string, FileNow>();
  for (const [file, listed] of await journalPaths(directory)) {
    for (const path of [listed, join(directory, archiveFolder, file)]) {
      const now = await statOf(path);
      if (now === undefined) continue;
      found.set(file, { path, size: now.size, changedAt: now.mtimeMs });
      break;
    }
  }
  return found;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A window takes a file away again that it has written nothing to. */
function isEmpty(mark: Mark | number): boolean {
  return typeof mark === 'number' || mark.bytes === 0;
}

/** Whether a file goes on from where it was read up to. */
async function continues({ path, size, changedAt }: FileNow, mark: Mark | number): Promise<boolean> {
  if (typeof mark === 'number') return size >= mark;
  if (size === mark.size && changedAt === mark.changedAt) return true;
  if (size < mark.bytes) return false;
  return mark.end === undefined || (await endBefore(path, mark.bytes)) === mark.end;
}

/** Enough for what follows on a record's data: its hash, its predecessor's, and what it is. */
const endLength = 512;

async function endBefore(path: string, bytes: number): Promise<string> {
  const length = Math.min(bytes, endLength);
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, bytes - length);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * @param size what is written meanwhile comes the next time
 * @param onLine told of each whole line: the place after it, and its record where it is a wanted one
 */
async function readFileOn(
  path: string,
  start: number,
  size: number,
  types: ReadonlySet<RecordType>,
  onLine: (read: number, record: JournalRecord | 'left out' | undefined) => void,
): Promise<void> {
  let read = start;
  for await (const { lines } of linesIn(path, start, size)) {
    for (const line of lines) {
      read += line.length + 1;
      if (line.length === 0 || !wanted(line, types)) {
        onLine(read, undefined);
        continue;
      }
      const record = parseLine(line.toString('utf8'));
      onLine(read, record === undefined ? 'left out' : types.has(record.type) ? record : undefined);
    }
  }
}

const lineEnd = 0x0a;
/** Bytes at a time: large enough to be quick, small enough to let others have their turn. */
export const highWaterMark = 1 << 20;

/**
 * The lines of a file in pieces of a mebibyte, without their ends. `rest` is how many bytes stand after the last line end so far.
 * @param start the beginning of a line
 * @param size what is written meanwhile is not read
 */
export async function* linesIn(
  path: string,
  start: number,
  size: number,
): AsyncGenerator<{ readonly lines: readonly Buffer[]; readonly rest: number }> {
  if (size <= start) return;
  let rest: Buffer[] = [];
  const stream = createReadStream(path, { start, end: size - 1, highWaterMark });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines: Buffer[] = [];
    let begin = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, begin)) {
      const piece = chunk.subarray(begin, end);
      lines.push(rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      rest = [];
      begin = end + 1;
    }
    if (begin < chunk.length) rest.push(chunk.subarray(begin));
    yield { lines, rest: rest.reduce((sum, piece) => sum + piece.length, 0) };
  }
}

/** The keys of a line are sorted, so that its type stands last. */
const typeAtEnd = /"type":"(\w{1,40})"\}$/;

/** Whether a line may hold a record of these types: one as the journal writes it is told by its end. */
export function wanted(line: Buffer, types: ReadonlySet<RecordType>): boolean {
  const type = typeAtEnd.exec(line.subarray(-60).toString('latin1'))?.[1];
  return type === undefined || types.has(type as RecordType);
}
