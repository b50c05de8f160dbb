/** One file of the journal as it is being written: the end of its chain, and whether its path still leads to it. */
import { constants, fstatSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { recordFormat, type JournalRecord, type NewRecord } from '../domain/record.ts';
import { canonical, chainStart, sha256 } from './canonical.ts';
import { archiveFolder } from './files.ts';
import type { Scrubber } from './scrub.ts';

/**
 * Linux writes and flushes in one call where the file is opened for it: O_DSYNC is fdatasync after every write
 * (open(2)), at half the calls. Elsewhere the flag is missing or promises less than a flush does.
 */
const flushesItself = process.platform === 'linux';
/** With O_APPEND a file that somebody cut shows it after the next write. On Windows such a file cannot be cut back by us either. */
const appends = process.platform === 'win32' ? 0 : constants.O_APPEND;
const createNew =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_EXCL |
  appends |
  (flushesItself ? constants.O_DSYNC : 0);

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
const findOut = `Nothing more is executed without it. Find out who did that, ${again}`;

export class JournalFile {
  readonly path: string;
  readonly day: string;
  readonly #handle: FileHandle;
  /** Which file it is, by device and number. */
  readonly #dev: bigint;
  readonly #ino: bigint;
  #seq = 0;
  #hash: string;
  /** Bytes that are known to be on disk; a failed write is cut back to them. */
  #size = 0;
  /** A failed write may have left more than that. */
  #damaged = false;
  #changed: FileTrouble | undefined;

  private constructor(path: string, day: string, handle: FileHandle, dev: bigint, ino: bigint) {
    this.path = path;
    this.day = day;
    this.#handle = handle;
    this.#dev = dev;
    this.#ino = ino;
    this.#hash = chainStart(basename(path));
  }

  /**
   * Makes a file (0600).
   * @param day `2026-11-22`: the one that it is for
   * @throws what the file system throws: `EEXIST` where there is one
   */
  static async create(path: string, day: string): Promise<JournalFile> {
    const handle = await open(path, createNew, 0o600);
    const { dev, ino } = await handle.stat({ bigint: true });
    await flushDirectory(dirname(path));
    return new JournalFile(path, day, handle, dev, ino);
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** What somebody else made of it; undefined where it is as it was left, as far as was seen when it was written to. */
  get changed(): FileTrouble | undefined {
    return this.#changed;
  }

  /** What became of the file; undefined where its path leads to it and nobody else was seen to write to it. */
  async trouble(): Promise<FileTrouble | undefined> {
    if (this.#changed !== undefined) return this.#changed;
    const name = basename(this.path);
    const folder = dirname(this.path);
    // We ourselves may have moved it aside.
    const found = (await statOf(this.path)) ?? (await statOf(join(folder, archiveFolder, name)));
    if (found?.dev === this.#dev && found.ino === this.#ino) return undefined;
    if (found !== undefined)
      return new FileTrouble(`another file is in the place of ${name}, which was being written to`, findOut);
    return (await statOf(folder)) === undefined
      ? new FileTrouble(
          'the folder was removed, renamed or unmounted while it was being written to',
          `Nothing more is executed without it. Put the folder back or make it anew, ${again}`,
        )
      : new FileTrouble(`its file ${name} was removed or renamed while it was being written to`, findOut);
  }

  /**
   * Numbers, dates, redacts and chains records, and writes and flushes them at once. Either all of them are on disk afterwards
   * or none.
   * @param look begun with the write; where it fails the records count as not written
   * @throws FileTrouble where somebody else has changed the file, what `look` throws, or what the file system throws
   */
  async append(
    records: readonly NewRecord[],
    time: string,
    scrubber: Scrubber,
    look: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<JournalRecord[]> {
    let [seq, hash] = [this.#seq, this.#hash];
    const lines: string[] = [];
    const written = records.map((record) => {
      const data = scrubber.scrub(record.type, record.data);
      const unhashed = { ...record, data, format: recordFormat, prev: hash, seq: ++seq, time };
      // The members before and after the place of `hash` in the order of keys, so that the data is encoded only once.
      const before = `{"actor":${canonical(record.actor)},"data":${canonical(data)},"format":${recordFormat},`;
      const { incidentId, runId, type } = record;
      const after = `"incidentId":${canonical(incidentId)},"prev":"${hash}","runId":${canonical(runId)},"seq":${seq},"time":"${time}","type":${canonical(type)}}`;
      hash = sha256(before + after);
      lines.push(`${before}"hash":"${hash}",${after}\n`);
      return { ...unhashed, hash } as JournalRecord;
    });
    await this.#put(Buffer.from(lines.join('')), look);
    this.#seq = seq;
    this.#hash = hash;
    return written;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #put(bytes: Buffer, look: () => Promise<unknown>): Promise<void> {
    if (this.#damaged) await this.#cutBack();
    this.#damaged = true;
    // Side by side: a look costs next to nothing beside a flush.
    const [flushed, looked] = await Promise.allSettled([this.#flush(bytes), look()]);
    const failed = [looked, flushed].find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      // Whoever finds the file again must not find in it what was refused.
      await this.#cutBack().catch(() => undefined);
      throw failed.reason;
    }
    const { size } = fstatSync(this.#handle.fd);
    if (size !== this.#size + bytes.length) {
      // What somebody else made of it is left as it is.
      const theirs = Math.max(0, size - bytes.length);
      await this.#handle.truncate(theirs).catch(() => undefined);
      throw this.#noteChanged(theirs);
    }
    this.#damaged = false;
    this.#size = size;
  }

  async #flush(bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const left = bytes.length - done;
      done += (await this.#handle.write(bytes, done, left, this.#size + done)).bytesWritten;
    }
    if (!flushesItself) await this.#handle.datasync();
  }

  /** Takes away what a failed write may have left, so that no half record stands inside the chain. */
  async #cutBack(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size < this.#size) throw this.#noteChanged(size);
    await this.#handle.truncate(this.#size);
    this.#damaged = false;
  }

  #noteChanged(size: number): FileTrouble {
    this.#changed = new FileTrouble(
      `somebody else changed ${basename(this.path)}: it has ${size} bytes instead of ${this.#size}`,
      findOut,
    );
    return this.#changed;
  }
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
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
