/** Keeps the outbox current by reading on in the journal's files: those of other windows too, and of the last days only. */
import { stat } from 'node:fs/promises';
import type { WriteBack } from '../domain/write-back.ts';
import { journalPaths } from './files.ts';
import { outboxRecord, outboxRecords, writeBacks, type OutboxRecord } from './outbox.ts';
import { readOn, type ReadPosition } from './stream.ts';

/** How long something that could not be sent is remembered, in days. */
export const outboxDays = 7;
const dayMs = 24 * 60 * 60 * 1000;

export class OutboxReader {
  readonly directory: string;
  readonly #now: () => number;
  #position: ReadPosition | undefined;
  #records: OutboxRecord[] = [];
  #reading: Promise<unknown> = Promise.resolve();

  /** @param now milliseconds since 1970 */
  constructor(directory: string, now: () => number = Date.now) {
    this.directory = directory;
    this.#now = now;
  }

  /** What was wanted in the last days, in the order in which it was. */
  read(): Promise<WriteBack[]> {
    // One reading at a time: each goes on where the one before ended.
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #read(): Promise<WriteBack[]> {
    this.#position ??= await this.#past();
    // What a file told stays known although the file is lost: nothing is sent twice for it.
    await readOn(this.directory, this.#position, outboxRecords, (record) => {
      this.#records.push(outboxRecord(record));
    });
    const kept = new Date(this.#now() - (outboxDays + 1) * dayMs).toISOString();
    // A window may stay open for months. What is wanted is older than what became of it, and goes first.
    if (this.#records.some(({ time }) => time < kept)) {
      this.#records = this.#records.filter(({ time }) => time >= kept);
    }
    const oldest = new Date(this.#now() - outboxDays * dayMs).toISOString();
    return writeBacks(this.#records).filter(({ wantedAt }) => wantedAt >= oldest);
  }

  /** Files of days that are of no interest any more count as read. */
  async #past(): Promise<ReadPosition> {
    // One day more: a file goes on past midnight until its window writes again.
    const oldest = new Date(this.#now() - (outboxDays + 1) * dayMs).toISOString().slice(0, 10);
    const position = new Map<string, number>();
    for (const [file, path] of await journalPaths(this.directory)) {
      if (file >= oldest) break;
      position.set(file, (await stat(path)).size);
    }
    return position;
  }
}
