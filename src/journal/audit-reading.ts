/** The audit log from its newest line on, as far as somebody reads: runs are folded as the journal goes by, backwards. */
import type { AuditFilter, AuditRow } from '../domain/audit-log.ts';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { entriesOfRun } from './audit.ts';
import { automationRow } from './automation-rows.ts';
import { matcher } from './audit-filter.ts';
import { BackwardRecords, type ReadProgress } from './backwards.ts';
import { foldRuns, type RunState } from './run-fold.ts';
import { WriteBackRows } from './write-back-rows.ts';

/** What the lines are made of; diagnoses and previews, which are large, are not even parsed. */
const rowRecords: ReadonlySet<RecordType> = new Set<RecordType>([
  'RunStarted',
  'Planned',
  'StepReplaced',
  'UndoPlanned',
  'ApprovalRequested',
  'Approved',
  'StepSkipped',
  'StepRefused',
  'ExecutionStarted',
  'ExecutionFinished',
  'VerificationStarted',
  'VerificationFinished',
  'InterruptionChecked',
  'RunEnded',
  'RunInterrupted',
  'WriteBackWanted',
  'WriteBackTaken',
  'WriteBackDone',
  'BreakerReset',
  'AutomationStopped',
  'AutomationResumed',
  'JournalLost',
]);

/** Those that date a line. */
const dating: ReadonlySet<RecordType> = new Set<RecordType>([
  'Planned',
  'StepReplaced',
  'UndoPlanned',
  'ExecutionStarted',
]);

/** A run whose beginning has not been reached: its records so far, the newest first. */
interface Begun {
  readonly records: JournalRecord[];
  /** The time of the newest line that it can have, ISO 8601; empty while it can have none. */
  newest: string;
  /** How many records had been read when it was met. */
  readonly met: number;
}

export interface AuditReadingOptions {
  readonly filter: AuditFilter;
  /** Runs that go on in this process; what started and never finished in any other is interrupted. */
  readonly liveRuns: ReadonlySet<string>;
  /** Told of each run that has a line which the filter lets through, with those lines. */
  readonly onRun?: (run: RunState, rows: readonly AuditRow[]) => void;
}

/** Some lines, newest first. */
export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** `more`: older lines may follow. `stopped`: broken off; the next call goes on. */
  readonly state: 'more' | 'end' | 'stopped';
  readonly progress: ReadProgress;
  /** Lines so far that should hold records and could not be read as such. */
  readonly leftOut: number;
}

/** How long one call reads at most before it hands on what it has, in milliseconds, so that a person sees it go on. */
const turnMs = 150;

export class AuditReading {
  readonly #records: BackwardRecords;
  readonly #options: AuditReadingOptions;
  readonly #matches: (row: AuditRow) => boolean;
  readonly #begun = new Map<string, Begun>();
  /** Runs whose lines are known. */
  readonly #known = new Set<string>();
  readonly #writeBacks = new WriteBackRows();
  /** Lines that are known and wait until nothing newer can come: the oldest first. */
  #waiting: AuditRow[] = [];
  #read = 0;
  /** After how many records a beginning that did not come is searched for. */
  #patience = 5000;
  #at = '\uffff';
  #end = false;

  private constructor(records: BackwardRecords, options: AuditReadingOptions) {
    this.#records = records;
    this.#options = options;
    this.#matches = matcher(options.filter);
  }

  /**
   * Begins at the newest line that the journal holds now; what is written later is not in it.
   * @throws what the file system throws where the journal cannot be read
   */
  static async begin(directory: string, options: AuditReadingOptions): Promise<AuditReading> {
    return new AuditReading(await BackwardRecords.of(directory, rowRecords), options);
  }

  get progress(): ReadProgress {
    return this.#records.progress;
  }

  /**
   * The next older lines, at most so many. Comes back with fewer, or none, after a fraction of a second where they are far
   * apart: `state` tells whether to go on.
   * @throws what the file system throws where the journal cannot be read
   */
  async next(limit: number, signal?: AbortSignal): Promise<AuditPage> {
    const until = performance.now() + turnMs;
    const rows: AuditRow[] = [];
    for (;;) {
      this.#handOn(rows, limit);
      if (rows.length >= limit) return this.#page(rows, 'more');
      if (this.#end) return this.#page(rows, 'end');
      if (signal?.aborted === true) return this.#page(rows, 'stopped');
      // A time span that is over needs nothing of what is older.
      if (this.#isPast()) {
        await this.close();
        return this.#page(rows, 'end');
      }
      if (performance.now() > until) return this.#page(rows, 'more');
      await this.#readSome();
    }
  }

  async close(): Promise<void> {
    this.#end = true;
    this.#begun.clear();
    this.#waiting = [];
    await this.#records.close();
  }

  #page(rows: readonly AuditRow[], state: AuditPage['state']): AuditPage {
    const { progress, leftOut } = this.#records;
    const read = state === 'end' ? progress.total : progress.read;
    return { rows, state, progress: { ...progress, read }, leftOut };
  }

  /** Whether everything that may come is older than what is asked for. */
  #isPast(): boolean {
    const { from } = this.#options.filter;
    return from !== undefined && this.#waiting.length === 0 && this.#ceiling() < from;
  }

  /** Nothing that is still to come is newer. */
  #ceiling(): string {
    let ceiling = this.#at;
    for (const { newest } of this.#begun.values()) if (newest > ceiling) ceiling = newest;
    return ceiling;
  }

  #handOn(rows: AuditRow[], limit: number): void {
    const ceiling = this.#end ? '' : this.#ceiling();
    while (rows.length < limit) {
      const row = this.#waiting.at(-1);
      if (row === undefined || (!this.#end && row.entry.time <= ceiling)) return;
      this.#waiting.pop();
      rows.push(row);
    }
  }

  async #readSome(): Promise<void> {
    const found: AuditRow[] = [];
    for (let count = 0; count < 200; count++) {
      const next = await this.#records.next();
      if (next === undefined) {
        // What is left has lost its beginning: it is shown as far as it is known.
        for (const runId of [...this.#begun.keys()]) this.#fold(runId, found);
        this.#end = true;
        break;
      }
      this.#read++;
      this.#at = next.at;
      this.#note(next.record, found);
    }
    if (!this.#end) await this.#searchBeginnings(found);
    this.#wait(found);
  }

  #note(record: JournalRecord, found: AuditRow[]): void {
    const row = this.#writeBacks.note(record) ?? automationRow(record);
    if (row !== undefined && this.#matches(row)) found.push(row);
    const { runId } = record;
    if (runId === null || this.#known.has(runId) || record.type.startsWith('WriteBack')) return;
    const begun = this.#begun.get(runId) ?? { records: [], newest: '', met: this.#read };
    this.#begun.set(runId, begun);
    begun.records.push(record);
    if (begun.newest === '' && dating.has(record.type)) begun.newest = record.time;
    if (record.type === 'RunStarted') this.#fold(runId, found);
  }

  /**
   * A run may have waited for days: its lines are new, and its plan is far behind. It is searched for by itself, so that
   * nobody waits for all that is between.
   */
  async #searchBeginnings(found: AuditRow[]): Promise<void> {
    const oldest = Math.min(
      ...[...this.#begun.values()].filter(({ newest }) => newest !== '').map(({ met }) => met),
    );
    if (this.#read - oldest < this.#patience) return;
    // Every search costs a look at all that is older: a journal without beginnings must not be looked through for each.
    this.#patience *= 2;
    const missing = new Set(this.#begun.keys());
    const older = this.#records.fork(missing);
    try {
      for (let next = await older.next(); next !== undefined; next = await older.next()) {
        const { record } = next;
        if (record.runId === null || record.type.startsWith('WriteBack')) continue;
        this.#begun.get(record.runId)?.records.push(record);
        if (record.type !== 'RunStarted') continue;
        this.#fold(record.runId, found);
        missing.delete(record.runId);
        if (missing.size === 0) break;
      }
    } finally {
      await older.close();
    }
    for (const runId of missing) this.#fold(runId, found);
  }

  #fold(runId: string, found: AuditRow[]): void {
    const records = this.#begun.get(runId)?.records ?? [];
    this.#begun.delete(runId);
    this.#known.add(runId);
    const run = foldRuns(records.reverse(), { liveRuns: this.#options.liveRuns }).get(runId);
    if (run === undefined) return;
    const rows = entriesOfRun(run)
      .map((entry, index): AuditRow => ({ kind: 'step', key: `${runId} ${index}`, entry }))
      .filter(this.#matches);
    if (rows.length > 0) this.#options.onRun?.(run, rows);
    found.push(...rows);
  }

  #wait(found: readonly AuditRow[]): void {
    if (found.length === 0) return;
    this.#waiting.push(...found);
    this.#waiting.sort(oldestFirst);
  }
}

function oldestFirst(a: AuditRow, b: AuditRow): number {
  if (a.entry.time !== b.entry.time) return a.entry.time < b.entry.time ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}
