/**
 * Reads a journal for those who decide: what all runs taught, and the records of one run. Goes on where it ended the last time.
 * What was read never becomes less: who takes files away, or puts others in their place, is noticed and takes nothing back.
 */
import { createReadStream } from 'node:fs';
import type { JournalRecord } from '../domain/record.ts';
import { journalPaths } from './files.ts';
import { inOrder, parseLine, readRecords } from './lines.ts';
import { History, historyRecords } from './history.ts';
import { Interlock, interlockBeside } from './interlock.ts';
import { highWaterMark, readOn, type ReadPosition } from './stream.ts';

/** A run that was begun and has not ended, so far. */
export interface UnfinishedRun {
  readonly runId: string;
  /** The file of its last record that decisions read. */
  readonly file: string;
  /** When that was written, ISO 8601. */
  readonly at: string;
  /** It is known that nobody goes on with it. */
  readonly brokenOff: boolean;
}

/** What is known so far, and from where. It only grows. */
class Known {
  readonly history = new History();
  /** The files that a run's records are in, by the run's id. */
  readonly files = new Map<string, Set<string>>();
  readonly unfinished = new Map<string, UnfinishedRun>();
  readonly #position: ReadPosition = new Map();
  #lost: ReadonlySet<string> = new Set();

  /** @returns the files that were lost since the last time */
  async readOn(directory: string): Promise<string[]> {
    const before = this.#lost;
    this.#lost = await readOn(
      directory,
      this.#position,
      historyRecords,
      (record, file, at) => {
        this.history.note(record, at, file);
        if (record.runId !== null) this.#noteRun(record.runId, record, file);
      },
      () => this.history.leftOut++,
    );
    return [...this.#lost].filter((file) => !before.has(file));
  }

  #noteRun(runId: string, { type, time }: JournalRecord, file: string): void {
    const files = this.files.get(runId);
    if (files === undefined) this.files.set(runId, new Set([file]));
    else files.add(file);
    // A look at what was interrupted goes on with nothing.
    if (type === 'InterruptionChecked') return;
    if (type === 'RunEnded') this.unfinished.delete(runId);
    else this.unfinished.set(runId, { runId, file, at: time, brokenOff: type === 'RunInterrupted' });
  }
}

export class JournalReader {
  readonly #directory: string;
  /** Stop and breaker, as they are kept outside of the directory. */
  readonly interlock: Interlock;
  readonly #onLost: (files: readonly string[]) => Promise<void>;
  readonly #known = new Known();
  #reading: Promise<unknown> = Promise.resolve();

  /**
   * @param interlock path of the file that stop and breaker are kept in as well; beside the directory where undefined
   * @param onLost told once of files that were read and are lost, so that the interlock knows; a history waits for it
   */
  constructor(
    directory: string,
    interlock: string | undefined,
    onLost: (files: readonly string[]) => Promise<void>,
  ) {
    this.#directory = directory;
    this.interlock = new Interlock(interlock ?? interlockBeside(directory));
    this.#onLost = onLost;
  }

  /** What decisions depend on, as of now. The same object goes on to change with the next call. */
  async history(): Promise<History> {
    const { history } = await this.#readOn();
    await this.interlock.read();
    history.lockWith(this.interlock);
    return history;
  }

  /** Everything: see {@link readRecords}. */
  records(): ReturnType<typeof readRecords> {
    return readRecords(this.#directory);
  }

  /** All records of a run, those of other windows too: by time, then file, then number. */
  async recordsOf(runId: string): Promise<JournalRecord[]> {
    const { files } = await this.#readOn();
    const paths = await journalPaths(this.#directory);
    const found: JournalRecord[][] = [];
    for (const file of [...(files.get(runId) ?? [])].sort()) {
      const path = paths.get(file);
      // Of a lost file there is nothing left to show.
      if (path === undefined) continue;
      const records: JournalRecord[] = [];
      await eachOf(runId, path, (record) => records.push(record));
      found.push(records);
    }
    return inOrder(found);
  }

  /** The runs that were begun and have not ended, of all windows. */
  async unfinishedRuns(): Promise<UnfinishedRun[]> {
    return [...(await this.#readOn()).unfinished.values()];
  }

  /** Calls wait for each other, so that no record is counted twice. */
  #readOn(): Promise<Known> {
    const reading = this.#reading.then(async () => {
      const lost = await this.#known.readOn(this.#directory);
      if (lost.length > 0) await this.#onLost(lost);
      return this.#known;
    });
    this.#reading = reading.catch(() => undefined);
    return reading;
  }
}

/** Hands on the records of one run; lines of others are not even parsed. */
async function eachOf(runId: string, path: string, onRecord: (record: JournalRecord) => void): Promise<void> {
  const mark = Buffer.from(`"runId":${JSON.stringify(runId)},"seq":`);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark }) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = text.lastIndexOf(0x0a) + 1;
    for (let at = text.indexOf(mark); at !== -1 && at < whole;) {
      const begin = text.lastIndexOf(0x0a, at) + 1;
      const end = text.indexOf(0x0a, at);
      const record = parseLine(text.toString('utf8', begin, end));
      if (record?.runId === runId) onRecord(record);
      at = text.indexOf(mark, end);
    }
    rest = text.subarray(whole);
  }
}
