/** The append-only log of everything that is decided and done. All other state is a fold over it. */
import { mkdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { explain, isOncallError, OncallError } from '../domain/error.ts';
import type { JournalRecord, NewRecord } from '../domain/record.ts';
import { journalFileName } from './files.ts';
import type { History } from './history.ts';
import { FileTrouble, JournalFile } from './journal-file.ts';
import type { JournalReader, UnfinishedRun } from './reader.ts';
import { archiveOld } from './retention.ts';
import type { Scrubber } from './scrub.ts';
import { newWindow } from './windows.ts';
import { watchJournal } from './watch.ts';

export interface JournalOptions {
  readonly directory: string;
  /** Tells this window's files from those of others; one of its own where absent. Letters, digits, `_` and `-`. */
  readonly window?: string;
  /** Path of the file that stop and breaker are kept in as well; beside the directory where absent. See interlock.ts. */
  readonly interlock?: string;
  readonly now?: () => Date;
}

/** A record that waits to be written. */
interface Waiting {
  readonly record: NewRecord;
  resolve(record: JournalRecord): void;
  reject(error: unknown): void;
}

/**
 * JSON lines in one file a window and day, chained by hashes (see canonical.ts). Windows never share a file, so they
 * need no lock; an existing file is never appended to.
 */
export class Journal {
  /** Lines that the last {@link records} could not read. */
  skippedLines = 0;
  private readonly directory: string;
  private readonly window: string;
  private readonly interlock: string | undefined;
  private readonly now: () => Date;
  /** Loaded when somebody reads or writes: see {@link read}. */
  private reader: Promise<JournalReader> | undefined;
  private readonly listeners = new Set<(record: JournalRecord) => void>();
  /** Of the files that this window has made. */
  private readonly names = new Set<string>();
  private waiting: Waiting[] = [];
  private writing: JournalFile | undefined;
  private draining: Promise<void> | undefined;
  /** What became of the file that was being written, once somebody was refused because of it. */
  private told: FileTrouble | undefined;
  /** Loaded with the first record: an editor without an incident does not need it. */
  private scrubber: Scrubber | undefined;
  private closed = false;

  constructor(options: JournalOptions) {
    this.directory = options.directory;
    this.window = options.window ?? newWindow();
    this.interlock = options.interlock;
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
   * Where the path no longer leads to the file that is open, because somebody removed, replaced or changed it, the records
   * are refused once. Those that come later go into a new file, which begins by saying so.
   * @throws OncallError `journal-unwritable`; the record is not in the journal then, and nothing may rely on it. A resume or
   * a reset that is in the journal alone is refused too: it does not hold then
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
      const { records, skipped } = await (await this.read()).records();
      this.skippedLines = skipped;
      return records;
    });
  }

  /**
   * What decisions depend on, of all windows; reads only what was written since the last time.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  history(): Promise<History> {
    return this.readable(async () => (await this.read()).history());
  }

  /**
   * The records of one run, those of other windows too, in the order of {@link records}.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  recordsOf(runId: string): Promise<JournalRecord[]> {
    return this.readable(async () => (await this.read()).recordsOf(runId));
  }

  /**
   * The runs that were begun and have not ended, of all windows.
   * @throws OncallError `journal-unwritable` where the directory cannot be read
   */
  unfinishedRuns(): Promise<UnfinishedRun[]> {
    return this.readable(async () => (await this.read()).unfinishedRuns());
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

  /** Keeps outside of the journal that a person stopped automation, where the journal itself cannot be written. */
  async keepStop(by: string): Promise<void> {
    const { interlock } = await this.read();
    await interlock.keep({ time: this.now().toISOString(), what: 'stopped', by });
  }

  /** Writes what waits and closes the file; one without a record is removed. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
    const writing = this.writing;
    this.writing = undefined;
    if (writing === undefined) return;
    const isOurs = (await writing.trouble().catch(() => true)) === undefined;
    await writing.close();
    if (writing.isEmpty && isOurs) await unlink(writing.path).catch(() => undefined);
  }

  private async readable<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  private read(): Promise<JournalReader> {
    this.reader ??= import('./reader.ts').then(
      ({ JournalReader }) =>
        new JournalReader(this.directory, this.interlock, (files) => this.tellLost(files)),
    );
    return this.reader;
  }

  /** Writes down that files were lost, so that every window hears of it. The interlock hears of it in any case. */
  private async tellLost(files: readonly string[]): Promise<void> {
    const { writing } = this;
    try {
      // That our own file is gone is told by the next one.
      if (writing !== undefined && !this.closed && !files.includes(basename(writing.path))) {
        await this.append(lostRecord(files));
        return;
      }
    } catch {
      // What stands outside of the journal remains.
    }
    const { interlock } = await this.read();
    await interlock.keep({ time: this.now().toISOString(), what: 'lost', files });
  }

  private async drain(): Promise<void> {
    // Appends of one turn of the event loop go to disk together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        const records = await this.write(batch.map(({ record }) => record));
        for (const [index, record] of records.entries()) {
          const loosened = await this.keepOutside(record);
          if (loosened === undefined) batch[index]?.resolve(record);
          else batch[index]?.reject(loosened);
          this.tell(record);
        }
      } catch (error) {
        const reason = this.unwritable(error);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.draining = undefined;
  }

  /** @returns why the record was refused outside of the journal, if it was */
  private async keepOutside(record: JournalRecord): Promise<unknown> {
    try {
      await (await this.read()).interlock.note(record);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Either all of `records` are on disk afterwards or none. */
  private async write(records: readonly NewRecord[]): Promise<JournalRecord[]> {
    const time = this.now().toISOString();
    const day = time.slice(0, 10);
    const { writing } = this;
    if (writing === undefined) throw new Error('it is not open');
    // Nearly always it is the file that was written to before: it is looked at while it is written to.
    const scrubber = await this.scrubs();
    const goesOn = this.told === undefined && writing.changed === undefined && writing.day >= day;
    try {
      if (goesOn) return await writing.append(records, time, scrubber, () => this.lookAt(writing, records));
      const trouble = await this.lookAt(writing, records);
      return await (await this.fileFor(writing, day, trouble)).append(records, time, scrubber);
    } catch (error) {
      if (error instanceof FileTrouble && error === writing.changed) throw this.refusal(error, records);
      throw error;
    }
  }

  private async scrubs(): Promise<Scrubber> {
    return (this.scrubber ??= new (await import('./scrub.ts')).Scrubber());
  }

  /**
   * What became of the file, where whoever is about to do something has heard of it.
   * @throws FileTrouble the first time
   */
  private async lookAt(file: JournalFile, records: readonly NewRecord[]): Promise<FileTrouble | undefined> {
    const trouble = await file.trouble();
    if (trouble !== undefined && this.told === undefined) throw this.refusal(trouble, records);
    if (trouble === undefined) this.told = undefined;
    return trouble;
  }

  /** Remembers that those who wanted to write have heard of it. */
  private refusal(trouble: FileTrouble, records: readonly NewRecord[]): FileTrouble {
    if (records.some(({ type }) => type !== 'JournalLost')) this.told = trouble;
    return trouble;
  }

  /** The file to write to from now on, whose path leads to it. */
  private async fileFor(
    current: JournalFile,
    day: string,
    trouble: FileTrouble | undefined,
  ): Promise<JournalFile> {
    if (trouble !== undefined) return this.goOnInNewFile(current, day);
    // A clock that is set back begins no file: what comes later stands behind what came before.
    if (current.day >= day) return current;
    const next = await this.createFile(day);
    this.writing = next;
    await current.close();
    if (current.isEmpty) await unlink(current.path).catch(() => undefined);
    return next;
  }

  /** The new file begins with what was lost; stop and breaker are kept elsewhere, and nothing runs by itself any more. */
  private async goOnInNewFile(lost: JournalFile, day: string): Promise<JournalFile> {
    const next = await this.createFile(day > lost.day ? day : lost.day);
    try {
      const files = [basename(lost.path)];
      const [record] = await next.append([lostRecord(files)], this.now().toISOString(), await this.scrubs());
      if (record !== undefined) {
        await this.keepOutside(record);
        this.tell(record);
      }
    } catch (error) {
      await next.close();
      throw error;
    }
    this.writing = next;
    this.told = undefined;
    await lost.close().catch(() => undefined);
    return next;
  }

  private async createFile(day: string): Promise<JournalFile> {
    for (let attempt = 1; ; attempt++) {
      const name = journalFileName(day, this.window, attempt);
      // Who has read a file of this name would take the new one for a changed one.
      if (this.names.has(name)) continue;
      try {
        const file = await JournalFile.create(join(this.directory, name), day);
        this.names.add(name);
        return file;
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
    if (isOncallError(error)) return error;
    return new OncallError(
      'journal-unwritable',
      `The journal in ${this.directory} cannot be used: ${explain(error)}`,
      error instanceof FileTrouble
        ? error.next
        : 'Nothing is executed without a journal. Check the folder, its rights and the free space, or set "oncall.audit.directory".',
      { cause: error },
    );
  }
}

const lostRecord = (files: readonly string[]): NewRecord => ({
  ...{ runId: null, incidentId: null, actor: { type: 'system', name: 'oncall-agent' } },
  type: 'JournalLost',
  data: { files },
});
