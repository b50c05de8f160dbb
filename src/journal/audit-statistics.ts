/** What the charts of the audit log show: sums over its lines, taken while it is read. */
import type { AuditEntry } from '../domain/audit.ts';
import type { AuditRow, AuditStatistics, Mitigation, OutcomeDay, OutcomeGroup } from '../domain/audit-log.ts';
import type { RunState } from './run-fold.ts';

/** As many points as a drawing can tell apart. */
const mostPoints = 1000;

/** What is drawn together: what helped, what did not, what was not run, and what is not over. */
export function groupOf(outcome: AuditEntry['outcome']): OutcomeGroup {
  switch (outcome) {
    case 'verified':
    case 'done':
      return 'succeeded';
    case 'failed':
    case 'undone':
      return 'failed';
    case 'refused':
    case 'skipped':
    case 'previewed':
      return 'not-run';
    // Nobody knows what came of these.
    case 'interrupted':
    case 'not-seen':
      return 'undecided';
    default:
      return 'undecided';
  }
}

type Counted = { -readonly [K in keyof OutcomeDay]: OutcomeDay[K] };

export class AuditSums {
  readonly #days = new Map<string, Counted>();
  /** Newest first, as they come. */
  readonly #mitigations: Mitigation[] = [];

  /** Counts the lines of a run. Every run comes once. */
  note(run: Pick<RunState, 'startedAt' | 'endedAt' | 'phase'>, rows: readonly AuditRow[]): void {
    for (const row of rows) {
      if (row.kind !== 'step') continue;
      const day = row.entry.time.slice(0, 10);
      const counted = this.#days.get(day) ?? { day, succeeded: 0, failed: 0, 'not-run': 0, undecided: 0 };
      this.#days.set(day, counted);
      counted[groupOf(row.entry.outcome)]++;
    }
    if (run.phase !== 'resolved' || run.endedAt === undefined) return;
    const milliseconds = Date.parse(run.endedAt) - Date.parse(run.startedAt);
    // A clock that was set back tells no duration.
    if (milliseconds >= 0) this.#mitigations.push({ time: run.startedAt, milliseconds });
  }

  /** The sums so far. */
  statistics(): AuditStatistics {
    const sorted = this.#mitigations.toSorted((a, b) => (a.time < b.time ? -1 : 1));
    const durations = sorted.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    const middle = durations[Math.ceil(durations.length / 2) - 1];
    return {
      days: [...this.#days.values()].map((day) => ({ ...day })).sort((a, b) => (a.day < b.day ? -1 : 1)),
      mitigations: thinned(sorted),
      mitigated: sorted.length,
      ...(middle === undefined ? {} : { medianMs: middle }),
    };
  }
}

/** Evenly, the newest among them. */
function thinned(all: readonly Mitigation[]): readonly Mitigation[] {
  if (all.length <= mostPoints) return all;
  const every = all.length / mostPoints;
  return Array.from({ length: mostPoints }, (_, index) => all[Math.floor((index + 1) * every) - 1]).filter(
    (one) => one !== undefined,
  );
}
