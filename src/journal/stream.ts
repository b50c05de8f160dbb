/** Reads a journal as a stream: in pieces, and from where the last reading ended. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { journalFiles, parseLine } from './files.ts';

/** How many bytes of each file were read, by the file's name. */
export type ReadPosition = ReadonlyMap<string, number>;

/**
 * Hands on the records after a position, file by file, and says where to go on. Records of different files are in no order of time.
 * Lines that are no records are passed over; a last line that is still being written is left for the next time.
 * @param types only these; a line as the journal writes it is told by its end and not even parsed where it is another
 * @returns undefined where a file has gone or become shorter: what was read before no longer holds, and nothing was handed on
 */
export async function readOn(
  directory: string,
  from: ReadPosition,
  types: ReadonlySet<RecordType>,
  onRecord: (record: JournalRecord) => void,
): Promise<ReadPosition | undefined> {
  const sizes = new Map<string, number>();
  for (const file of await journalFiles(directory)) sizes.set(file, (await stat(join(directory, file))).size);
  for (const [file, read] of from) if ((sizes.get(file) ?? -1) < read) return undefined;
  const position = new Map<string, number>();
  for (const [file, size] of sizes) {
    const start = from.get(file) ?? 0;
    position.set(
      file,
      size > start ? await readFileOn(join(directory, file), start, types, onRecord) : start,
    );
  }
  return position;
}

/** @returns the place after the last whole line */
async function readFileOn(
  path: string,
  start: number,
  types: ReadonlySet<RecordType>,
  onRecord: (record: JournalRecord) => void,
): Promise<number> {
  let read = start;
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    let begin = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, begin)) {
      const piece = chunk.subarray(begin, end);
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      begin = end + 1;
      read += line.length + 1;
      const record = wanted(line, types) ? parseLine(line.toString('utf8')) : undefined;
      if (record !== undefined && types.has(record.type)) onRecord(record);
    }
    if (begin < chunk.length) rest.push(chunk.subarray(begin));
  }
  return read;
}

const lineEnd = 0x0a;
/** The keys of a line are sorted, so that its type stands last. */
const typeAtEnd = /"type":"(\w{1,40})"\}$/;

function wanted(line: Buffer, types: ReadonlySet<RecordType>): boolean {
  const type = typeAtEnd.exec(line.subarray(-60).toString('latin1'))?.[1];
  return type === undefined || types.has(type as RecordType);
}
