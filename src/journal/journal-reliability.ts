/** The reliability of a whole journal, kept up to date by reading only what is new. */
import type { ReliabilityReport } from '../domain/reliability.ts';
import { JudgedSteps, judgingRecords } from './judged.ts';
import { reliability } from './reliability.ts';
import { readOn, type ReadPosition } from './stream.ts';

export class JournalReliability {
  readonly directory: string;
  #judged = new JudgedSteps();
  #position: ReadPosition = new Map();
  #reading: Promise<unknown> = Promise.resolve();

  /** @param directory where the journal's files are */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Reads on, and compares. Calls wait for each other, so that no record is counted twice. */
  report(): Promise<ReliabilityReport> {
    const report = this.#reading.then(async () => {
      await this.#readOn();
      return reliability(this.#judged.steps());
    });
    this.#reading = report.catch(() => undefined);
    return report;
  }

  async #readOn(): Promise<void> {
    const judged = this.#judged;
    let position: ReadPosition | undefined;
    try {
      position = await readOn(this.directory, this.#position, judgingRecords, (record) =>
        judged.note(record),
      );
    } catch (error) {
      this.#startOver();
      throw error;
    }
    if (position !== undefined) {
      this.#position = position;
      return;
    }
    // Files were taken away: what they said no longer counts.
    this.#startOver();
    const anew = this.#judged;
    this.#position =
      (await readOn(this.directory, this.#position, judgingRecords, (record) => anew.note(record))) ??
      new Map();
  }

  #startOver(): void {
    this.#judged = new JudgedSteps();
    this.#position = new Map();
  }
}
