/** Answers the audit log panel's questions: page by page, the newest lines again when something was written, sums for charts. */
import { explain } from '../domain/error.ts';
import type { AuditFilter, AuditRow } from '../domain/audit-log.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';
import type { ToAudit } from '../ipc/audit.ts';
import type { AuditReading, AuditReadingOptions } from '../journal/audit-reading.ts';
import { AuditSums } from '../journal/audit-statistics.ts';
import type { ReadProgress } from '../journal/backwards.ts';

/** How many lines a page has. */
export const pageSize = 100;

export interface AuditQueryParts {
  /** Begins at the newest line. */
  begin(filter: AuditFilter, onRun?: AuditReadingOptions['onRun']): Promise<AuditReading>;
  reliability(): Promise<ReliabilityReport>;
  tell(message: ToAudit): void;
}

/** One question, from its first page until another takes its place. */
export class AuditQuery {
  readonly #parts: AuditQueryParts;
  readonly #id: number;
  readonly #filter: AuditFilter;
  readonly #stopped = new AbortController();
  #reading: AuditReading | undefined;
  #going: Promise<void> = Promise.resolve();
  #stopping = new AbortController();
  #ended = false;
  /** The last line of the newest page. */
  #pageEnd: AuditRow | undefined;
  #told = 0;

  constructor(parts: AuditQueryParts, id: number, filter: AuditFilter) {
    this.#parts = parts;
    this.#id = id;
    this.#filter = filter;
  }

  /** Tells the next lines as they are found, until there are so many. Questions wait for each other. */
  more(rows = pageSize): Promise<void> {
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    this.#going = this.#going.then(() => this.#read(rows, AbortSignal.any([signal, this.#stopped.signal])));
    return this.#going;
  }

  /** Breaks off what goes on; {@link more} goes on from there. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Tells the newest page anew, which what was just written has changed. Reads no further than that page went. */
  newest(): Promise<void> {
    this.#going = this.#going.then(() => this.#tellNewest());
    return this.#going;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#going;
    await this.#reading?.close();
    this.#reading = undefined;
  }

  async #read(limit: number, signal: AbortSignal): Promise<void> {
    if (this.#ended) return;
    try {
      this.#reading ??= await this.#parts.begin(this.#filter);
      for (let missing = limit; ;) {
        const { rows, state, progress, leftOut } = await this.#reading.next(missing, signal);
        if (this.#stopped.signal.aborted) return;
        missing -= rows.length;
        this.#pageEnd = rows[Math.min(rows.length, pageSize - this.#told) - 1] ?? this.#pageEnd;
        this.#told += rows.length;
        this.#ended = state === 'end';
        const now = state === 'more' ? (missing > 0 ? 'reading' : 'page') : state;
        const share = shareOf(progress);
        this.#parts.tell({ type: 'rows', id: this.#id, rows, state: now, share, leftOut });
        if (now !== 'reading') return;
      }
    } catch (error) {
      this.#parts.tell({
        type: 'rows',
        id: this.#id,
        rows: [],
        state: 'failed',
        share: 0,
        leftOut: 0,
        message: explain(error),
      });
    }
  }

  async #tellNewest(): Promise<void> {
    const oldest = this.#pageEnd?.entry.time;
    const all = oldest === undefined || (this.#ended && this.#told <= pageSize);
    const filter = all ? this.#filter : { ...this.#filter, from: oldest };
    let reading: AuditReading | undefined;
    try {
      reading = await this.#parts.begin(filter);
      const found: AuditRow[] = [];
      let state = 'more';
      while (state === 'more' && found.length < pageSize && !this.#stopped.signal.aborted) {
        const page = await reading.next(pageSize - found.length, this.#stopped.signal);
        found.push(...page.rows);
        state = page.state;
      }
      if (this.#stopped.signal.aborted) return;
      const last = found.at(-1);
      // A page that is full again may end earlier than before.
      const since = found.length === pageSize ? last?.entry.time : all ? '' : oldest;
      this.#pageEnd = last ?? this.#pageEnd;
      this.#parts.tell({ type: 'newest', id: this.#id, rows: found, since: since ?? '' });
    } catch {
      // What is shown stays; the next question tells what is wrong.
    } finally {
      await reading?.close();
    }
  }
}

/** Reads all that the filter lets through, and tells the sums while they grow. */
export async function tellCharts(
  parts: AuditQueryParts,
  id: number,
  filter: AuditFilter,
  signal: AbortSignal,
): Promise<void> {
  const sums = new AuditSums();
  let reading: AuditReading | undefined;
  let reliability: ReliabilityReport | undefined;
  const tell = (state: 'reading' | 'end' | 'stopped' | 'failed', share: number, message?: string) =>
    parts.tell({
      type: 'charts',
      id,
      statistics: sums.statistics(),
      ...(reliability === undefined ? {} : { reliability }),
      state,
      share,
      ...(message === undefined ? {} : { message }),
    });
  try {
    // The drawing of confidence is about everything; the others are shown without it where it cannot be told.
    reliability = await parts.reliability().catch(() => undefined);
    reading = await parts.begin(filter, (run, rows) => sums.note(run, rows));
    for (;;) {
      const { state, progress } = await reading.next(pageSize * 100, signal);
      const now = state === 'more' ? 'reading' : state;
      tell(now, shareOf(progress));
      if (now !== 'reading') return;
    }
  } catch (error) {
    tell('failed', 0, explain(error));
  } finally {
    await reading?.close();
  }
}

/** An empty journal was read whole. */
export function shareOf({ read, total }: ReadProgress): number {
  return total === 0 ? 1 : read / total;
}
