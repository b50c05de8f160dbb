/** Reads a journal as a stream: in pieces, and from where the last reading ended. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { journalPaths, latest, parseLine } from './files.ts';

/** How far a file was read, and how it looked then. */
export interface Mark {
  /** Up to the end of a line. */
  readonly bytes: number;
  /** The end of what was read: it holds the last record's hash, and with it all that came before. */
  readonly end: string;
  /** Milliseconds since 1970, and the size, in bytes. */
  readonly changedAt: number;
  readonly size: number;
  /** The latest time of a record so far, ISO 8601. */
  readonly latest: string;
}

/** How far each file was read, by its name. A number is a place that nobody has read up to. */
export type ReadPosition = ReadonlyMap<string, Mark | number>;

/**
 * Hands on the records after a position, file by file, those that were moved aside too, and says where to go on. Records of different files are in no order of time.
 * `at` is a record's time or, where the clock was set back, that of one before it in its file: it never goes back.
 * Lines that are no records are passed over; a last line that is still being written is left for the next time.
 * @param types only these; a line as the journal writes it is told by its end and not even parsed where it is another
 * @returns undefined where a file has gone, become shorter or was written anew: what was read before no longer holds, and
 * nothing was handed on
 */
export async function readOn(
  directory: string,
  from: ReadPosition,
  types: ReadonlySet<RecordType>,
  onRecord: (record: JournalRecord, file: string, at: string) => void,
): Promise<ReadPosition | undefined> {
  const found = new Map<string, { size: number; changedAt: number }>();
  const paths = await journalPaths(directory);
  for (const [file, path] of paths) {
    const { size, mtimeMs } = await stat(path);
    found.set(file, { size, changedAt: mtimeMs });
  }
  for (const [file, mark] of from) {
    const now = found.get(file);
    if (now === undefined || !(await continues(paths.get(file) ?? '', mark, now))) return undefined;
  }
  const position = new Map<string, Mark | number>();
  for (const [file, now] of found) {
    const mark = from.get(file) ?? 0;
    const start = typeof mark === 'number' ? mark : mark.bytes;
    if (typeof mark !== 'number' && mark.size === now.size) {
      position.set(file, mark);
      continue;
    }
    const path = paths.get(file) ?? '';
    let at = typeof mark === 'number' ? '' : mark.latest;
    const bytes =
      now.size > start
        ? await readFileOn(path, start, now.size, types, (record) => {
            at = latest(at, record.time);
            onRecord(record, file, at);
          })
        : start;
    position.set(file, { bytes, end: await endBefore(path, bytes), latest: at, ...now });
  }
  return position;
}

/** Whether a file goes on from where it was read up to. */
async function continues(
  path: string,
  mark: Mark | number,
  now: { readonly size: number; readonly changedAt: number },
): Promise<boolean> {
  if (typeof mark === 'number') return now.size >= mark;
  if (now.size === mark.size) return now.changedAt === mark.changedAt;
  return now.size > mark.bytes && (await endBefore(path, mark.bytes)) === mark.end;
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
 * @returns the place after the last whole line
 */
async function readFileOn(
  path: string,
  start: number,
  size: number,
  types: ReadonlySet<RecordType>,
  onRecord: (record: JournalRecord) => void,
): Promise<number> {
  let read = start;
  for await (const { lines } of linesIn(path, start, size)) {
    for (const line of lines) {
      read += line.length + 1;
      const record = wanted(line, types) ? parseLine(line.toString('utf8')) : undefined;
      if (record !== undefined && types.has(record.type)) onRecord(record);
    }
  }
  return read;
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
