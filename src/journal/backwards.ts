/** Reads a journal from its end: the newest records of all files first, without reading what is older. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { journalPaths } from './files.ts';
import { parseLine } from './lines.ts';
import { wanted } from './stream.ts';

/** How much was read of how much, in bytes. */
export interface ReadProgress {
  readonly read: number;
  readonly total: number;
}

/** Small at first, so that the newest page does not wait for what is behind it; then large enough to be quick. */
const firstChunk = 1 << 18;
const chunkSize = 1 << 20;
const lineEnd = 0x0a;
const dayMs = 24 * 60 * 60 * 1000;

/** A record, and the place after its line. */
interface Placed {
  readonly record: JournalRecord;
  readonly end: number;
}

/** One file, from a place in it to its beginning. */
class BackwardFile {
  readonly #path: string;
  readonly #wants: (line: Buffer) => boolean;
  readonly #leftOut: () => void;
  #handle: FileHandle | undefined;
  /** Everything before this place is still to be read. */
  #before: number;
  #chunk = firstChunk;
  /** The end of a line that begins in what is still to be read: the pieces, the last one first. */
  #rest: Buffer[] = [];
  /** Where the oldest line that was looked at begins. */
  #looked: number;
  /** What stands after the last line end is being written, or was torn by a power cut. */
  #torn = true;
  /** The newest last. */
  #records: Placed[] = [];
  #at = '\uffff';

  /**
   * @param size up to where it is read: the end of the file, or of a line
   * @param leftOut told of each wanted line that is none that can be read
   */
  constructor(path: string, size: number, wants: (line: Buffer) => boolean, leftOut: () => void) {
    this.#path = path;
    this.#before = size;
    this.#looked = size;
    this.#wants = wants;
    this.#leftOut = leftOut;
  }

  /** The newest record that was not taken yet; undefined where there is none, or none was read: see {@link fill}. */
  get head(): JournalRecord | undefined {
    return this.#records.at(-1)?.record;
  }

  /** When the head happened among all others: it never goes forth, although the clock was set back. */
  get at(): string {
    const time = this.head?.time ?? '';
    return time < this.#at ? time : this.#at;
  }

  /** What stands before this place was not handed on yet. */
  get end(): number {
    return this.#records.at(-1)?.end ?? this.#looked;
  }

  take(): void {
    this.#at = this.at;
    this.#records.pop();
  }

  /** Reads on until there is a head. @returns false where the file has no more */
  async fill(): Promise<boolean> {
    while (this.#records.length === 0) {
      if (this.#before === 0) {
        await this.close();
        return false;
      }
      this.#handle ??= await open(this.#path, 'r');
      const length = Math.min(this.#chunk, this.#before);
      this.#chunk = chunkSize;
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#before - length);
      this.#before -= length;
      // A file that became shorter was tampered with: what is gone cannot be shown, and the chain tells.
      this.#split(buffer.subarray(0, bytesRead));
    }
    return true;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Takes the lines of a piece apart. The first may begin in the piece before. */
  #split(chunk: Buffer): void {
    const found: Placed[] = [];
    let end = chunk.length;
    while (end > 0) {
      const lineBreak = chunk.lastIndexOf(lineEnd, end - 1);
      if (lineBreak === -1) break;
      this.#line(chunk.subarray(lineBreak + 1, end), this.#before + lineBreak + 1, found);
      end = lineBreak;
      // An empty line would else be looked for again.
      if (lineBreak === 0) break;
    }
    this.#rest.push(chunk.subarray(0, end));
    if (this.#before === 0) this.#line(Buffer.alloc(0), 0, found);
    this.#records = found.reverse();
  }

  /** @param piece the beginning of a line whose end is kept in {@link #rest} */
  #line(piece: Buffer, start: number, found: Placed[]): void {
    const line = this.#rest.length === 0 ? piece : Buffer.concat([piece, ...this.#rest.reverse()]);
    const end = this.#looked;
    this.#rest = [];
    this.#looked = start;
    const torn = this.#torn;
    this.#torn = false;
    if (torn || line.length === 0 || !this.#wants(line)) return;
    const record = parseLine(line.toString('utf8'));
    if (record === undefined) this.#leftOut();
    else found.push({ record, end });
  }
}

/** A file of the journal, and up to where it is to be read. */
interface Source {
  readonly file: string;
  readonly path: string;
  readonly size: number;
}

/** The records of all files merged: by time, the newest first. */
export class BackwardRecords {
  readonly #types: ReadonlySet<RecordType>;
  readonly #wants: (line: Buffer) => boolean;
  /** Not opened yet; the one of the latest day last. */
  readonly #closed: Source[];
  #open: { readonly source: Source; readonly file: BackwardFile }[] = [];
  readonly #total: number;
  #leftOut = 0;

  private constructor(
    sources: readonly Source[],
    types: ReadonlySet<RecordType>,
    wants: (line: Buffer) => boolean,
  ) {
    this.#types = types;
    this.#wants = wants;
    this.#closed = [...sources].sort((a, b) => (a.file < b.file ? -1 : 1));
    this.#total = sources.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * All files of a journal's directory as they are now, and those that were moved aside. None where there is no directory.
   * @param types only these; lines of others are not even parsed
   * @throws what the file system throws where a file cannot be read
   */
  static async of(directory: string, types: ReadonlySet<RecordType>): Promise<BackwardRecords> {
    const sources: Source[] = [];
    for (const [file, path] of await journalPaths(directory)) {
      sources.push({ file, path, size: (await stat(path)).size });
    }
    return new BackwardRecords(sources, types, (line) => wanted(line, types));
  }

  get progress(): ReadProgress {
    const left =
      this.#closed.reduce((sum, { size }) => sum + size, 0) +
      this.#open.reduce((sum, { file }) => sum + file.end, 0);
    return { read: this.#total - left, total: this.#total };
  }

  /** Lines so far that should hold records and could not be read as such. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The next older record, or undefined after the oldest. Those of one file keep their order. */
  async next(): Promise<{ readonly record: JournalRecord; readonly at: string } | undefined> {
    for (const one of this.#open) if (one.file.head === undefined) await this.#fill(one);
    let newest = this.#newest();
    // A file holds nothing of the days after its own: it is opened once its day is reached.
    while (this.#closed.length > 0 && (newest === undefined || newest.at < endOfDay(this.#closed.at(-1)))) {
      const source = this.#closed.pop() as Source;
      const one = {
        source,
        file: new BackwardFile(source.path, source.size, this.#wants, () => this.#leftOut++),
      };
      this.#open.push(one);
      await this.#fill(one);
      newest = this.#newest();
    }
    const record = newest?.head;
    if (newest === undefined || record === undefined) return undefined;
    const { at } = newest;
    newest.take();
    return { record, at };
  }

  /** Another reader, of everything that is older than what this one handed on: only the records of some runs. */
  fork(runIds: ReadonlySet<string>): BackwardRecords {
    const begun = this.#open.map(({ source, file }) => ({ ...source, size: file.end }));
    const wants = (line: Buffer) => wanted(line, this.#types) && runIds.has(runOf(line));
    return new BackwardRecords([...this.#closed, ...begun], this.#types, wants);
  }

  async close(): Promise<void> {
    const opened = this.#open;
    this.#open = [];
    this.#closed.length = 0;
    for (const { file } of opened) await file.close();
  }

  async #fill(one: { readonly file: BackwardFile }): Promise<void> {
    if (!(await one.file.fill())) this.#open = this.#open.filter((other) => other !== one);
  }

  #newest(): BackwardFile | undefined {
    let newest: BackwardFile | undefined;
    for (const { file } of this.#open) if (newest === undefined || file.at > newest.at) newest = file;
    return newest;
  }
}

/** The keys of a line are sorted, so that what follows the data stands at its end. */
const runAtEnd = /"runId":("(?:[^"\\]|\\.){0,200}"),"seq":\d+,"time":"[^"]{0,40}","type":"\w{1,40}"\}$/;

function runOf(line: Buffer): string {
  const id = runAtEnd.exec(line.subarray(-600).toString('utf8'))?.[1];
  return id === undefined ? '' : (JSON.parse(id) as string);
}

function endOfDay(source: Source | undefined): string {
  const day = Date.parse(source?.file.slice(0, 10) ?? '');
  return Number.isNaN(day) ? '\uffff' : new Date(day + dayMs).toISOString();
}
