/** The append-only log of everything that is decided and done. All other state is a fold over it. */
import { constants } from 'node:fs';
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, OncallError } from '../domain/error.ts';
import type { JournalRecord, NewRecord } from '../domain/record.ts';
import { canonical, chainStart, sha256 } from './canonical.ts';
import { journalFileName, readRecords } from './files.ts';
import type { History } from './history.ts';
import type { JournalReader, UnfinishedRun } from './reader.ts';
import { archiveOld } from './retention.ts';
import type { scrub as Scrub } from './scrub.ts';
import { newWindow } from './windows.ts';
import { watchJournal } from './watch.ts';

export interface JournalOptions {
  readonly directory: string;
  /** Tells this window's files from those of others; one of its own where absent. Letters, digits, `_` and `-`. */
  readonly window?: string;
  readonly now?: () => Date;
}

/** A record that waits to be written. */
interface Waiting {
  readonly record: NewRecord;
  resolve(record: JournalRecord): void;
  reject(error: unknown): void;
}

/** The file that is being written, and the end of its chain. */
interface Writing {
  readonly handle: FileHandle;
  readonly path: string;
  readonly day: string;
  seq: number;
  hash: string;
  /** Bytes that are known to be on disk; a failed write is cut back to them. */
  size: number;
  damaged: boolean;
}

/**
 * Linux writes and flushes in one call where the file is opened for it: O_DSYNC is fdatasync after every write
 * (open(2)), at half the calls. Elsewhere the flag is missing or promises less than a flush does.
 */
const flushesItself = process.platform === 'linux';
const createNew =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (flushesItself ? constants.O_DSYNC : 0);

/**
 * JSON lines in one file a window and day, chained by hashes (see canonical.ts). Windows never share a file, so they
 * need no lock; an existing file is never appended to.
 */
export class Journal {
  /** Lines that the last {@link records} could not read. */
  skippedLines = 0;
  private readonly directory: string;
  private readonly window: string;
  private readonly now: () => Date;
  /** Loaded with the first question: a window without an incident asks none. */
  private reader: Promise<JournalReader> | undefined;
  private readonly listeners = new Set<(record: JournalRecord) => void>();
  private waiting: Waiting[] = [];
  private writing: Writing | undefined;
  private draining: Promise<void> | undefined;
  /** Loaded with the first record: an editor without an incident does not need it. */
  private scrub: typeof Scrub | undefined;
  private closed = false;

  constructor(options: JournalOptions) {
    this.directory = options.directory;
    this.window = options.window ?? newWindow();
    this.now = options.now ?? (() => new Date());
  }

  /**
   * Makes the directory (0700) and this window's file (0600), which shows that records can be kept before anything is
   * done that needs one.
   * @throws OncallError `journal-unwritable`
   */
  async open(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      this.writing = await this.createFile(this.now().toISOString().slice(0, 10));
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  /**
   * Numbers, dates, redacts and chains a record and writes it. Resolves once it is on disk. Records that wait at the
   * same time are flushed together.
   * @throws OncallError `journal-unwritable`; the record is not in the journal then, and nothing may rely on it
   */
  append(record: NewRecord): Promise<JournalRecord> {
    return new Promise((resolve, reject) => {
      if (this.closed || this.writing === undefined) {
        reject(this.unwritable(new Error(this.closed ? 'it is closed' : 'it is not open')));
        return;
      }
      this.waiting.push({ record, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /**
   * All records of the directory, those of other windows too: by time, then file, then number. What cannot be read is
   * skipped and counted in {@link skippedLines}. Reads everything: for what people look at, not for decisions.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  records(): Promise<JournalRecord[]> {
    return this.readable(async () => {
      const { records, skipped } = await readRecords(this.directory);
      this.skippedLines = skipped;
      return records;
    });
  }

  /**
   * What decisions depend on, of all windows; reads only what was written since the last time.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  history(): Promise<History> {
    return this.readable(async () => (await this.reading()).history());
  }

  /**
   * The records of one run, those of other windows too, in the order of {@link records}.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  recordsOf(runId: string): Promise<JournalRecord[]> {
    return this.readable(async () => (await this.reading()).recordsOf(runId));
  }

  /**
   * The runs that were begun and have not ended, of all windows.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  unfinishedRuns(): Promise<UnfinishedRun[]> {
    return this.readable(async () => (await this.reading()).unfinishedRuns());
  }

  /**
   * Moves files aside that are older than so many days; see {@link archiveOld}. The one that is being written stays.
   * @returns the names of the files that were moved
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  archive(days: number): Promise<string[]> {
    return this.readable(() => archiveOld(this.directory, days, this.now()));
  }

  /**
   * Calls `listener` with every record of this window after it is on disk. A listener that throws does not disturb the journal.
   * @returns stops it
   */
  onAppend(listener: (record: JournalRecord) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Calls `listener` soon after another window has written to the directory.
   * @returns stops it
   */
  onOthers(listener: () => void): () => void {
    return watchJournal(this.directory, (file) => file.includes(`.${this.window}.`), listener);
  }

  /** Writes what waits and closes the file; one without a record is removed. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
    const writing = this.writing;
    this.writing = undefined;
    if (writing === undefined) return;
    await writing.handle.close();
    if (writing.size === 0) await unlink(writing.path).catch(() => undefined);
  }

  private reading(): Promise<JournalReader> {
    this.reader ??= import('./reader.ts').then(({ JournalReader }) => new JournalReader(this.directory));
    return this.reader;
  }

  private async readable<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  private async drain(): Promise<void> {
    // Appends of one turn of the event loop go to disk together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        const records = await this.write(batch.map(({ record }) => record));
        batch.forEach(({ resolve }, index) => resolve(records[index] as JournalRecord));
        for (const record of records) this.tell(record);
      } catch (error) {
        const reason = this.unwritable(error);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.draining = undefined;
  }

  /** One write and one flush for all of `records`; either all of them are on disk afterwards or none. */
  private async write(records: readonly NewRecord[]): Promise<JournalRecord[]> {
    const scrub = (this.scrub ??= (await import('./scrub.ts')).scrub);
    const time = this.now().toISOString();
    const file = await this.fileFor(time.slice(0, 10));
    if (file.damaged) await this.cutBack(file);
    let { seq, hash } = file;
    const lines: string[] = [];
    const written = records.map((record) => {
      const data = scrub(record.data);
      const unhashed = { ...record, data, prev: hash, seq: ++seq, time };
      // The members before and after the place of `hash` in the order of keys, so that the data is encoded only once.
      const before = `{"actor":${canonical(record.actor)},"data":${canonical(data)},`;
      const { incidentId, runId, type } = record;
      const after = `"incidentId":${canonical(incidentId)},"prev":"${hash}","runId":${canonical(runId)},"seq":${seq},"time":"${time}","type":${canonical(type)}}`;
      hash = sha256(before + after);
      lines.push(`${before}"hash":"${hash}",${after}\n`);
      return { ...unhashed, hash } as JournalRecord;
    });
    const bytes = Buffer.from(lines.join(''));
    try {
      file.damaged = true;
      await writeFully(file.handle, bytes, file.size);
      if (!flushesItself) await file.handle.datasync();
      file.damaged = false;
    } catch (error) {
      await this.cutBack(file).catch(() => undefined);
      throw error;
    }
    file.seq = seq;
    file.hash = hash;
    file.size += bytes.length;
    return written;
  }

  /** Takes away what a failed write may have left, so that no half record stands inside the chain. */
  private async cutBack(file: Writing): Promise<void> {
    await file.handle.truncate(file.size);
    file.damaged = false;
  }

  private async fileFor(day: string): Promise<Writing> {
    const current = this.writing;
    if (current === undefined) throw new Error('it is not open');
    // A clock that is set back begins no file: what comes later stands behind what came before.
    if (current.day >= day) return current;
    const next = await this.createFile(day);
    this.writing = next;
    await current.handle.close();
    if (current.size === 0) await unlink(current.path).catch(() => undefined);
    return next;
  }

  private async createFile(day: string): Promise<Writing> {
    for (let attempt = 1; ; attempt++) {
      const name = journalFileName(day, this.window, attempt);
      const path = join(this.directory, name);
      try {
        const handle = await open(path, createNew, 0o600);
        await flushDirectory(this.directory);
        return { handle, path, day, seq: 0, hash: chainStart(name), size: 0, damaged: false };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  private tell(record: JournalRecord): void {
    for (const listener of this.listeners) {
      try {
        listener(record);
      } catch {
        // The record is on disk; what a view does with it must not stop the run.
      }
    }
  }

  private unwritable(error: unknown): OncallError {
    return new OncallError(
      'journal-unwritable',
      `The journal in ${this.directory} cannot be used: ${explain(error)}`,
      'Nothing is executed without a journal. Check the folder, its rights and the free space, or set "oncall.audit.directory".',
      { cause: error },
    );
  }
}

async function writeFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Makes a new file's name survive a power cut too, where the system can flush a directory. */
async function flushDirectory(directory: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(directory, constants.O_RDONLY);
    await handle.sync();
  } catch {
    // Windows and some network shares cannot; the file itself is flushed all the same.
  } finally {
    await handle?.close();
  }
}
