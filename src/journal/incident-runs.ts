/**
 * The runs of each incident as one history, whatever window they are in: a fold over the journal. Kept are the newest run of each
 * incident, what last came of it, and whether a person has it.
 */
import type { Actor, JournalRecord } from '../domain/record.ts';
import type { RunPhase, RunStatus } from '../domain/run.ts';

/** A run in a few words. */
export interface IncidentRun {
  readonly runId: string;
  readonly incidentId: string;
  /** Of the incident. */
  readonly title: string;
  readonly context: string;
  /** Who started it. */
  readonly by: Actor;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The journal file that it is in. */
  readonly file: string;
  /** ISO 8601: when its plan was made; the last one, where it looked again. */
  plannedAt?: string;
  /** What its plan is about; see `Planned`. */
  causes: readonly string[];
  phase: RunPhase;
  /** ISO 8601: its last record. */
  at: string;
  /** ISO 8601. */
  endedAt?: string;
  status?: RunStatus;
  /** A change was begun in it. */
  acted: boolean;
  /** A person stopped it, edited or skipped a step of it, or took one back. */
  overruled?: boolean;
}

/** How long a run that has ended is looked at for what it did, milliseconds. */
const rememberedMs = 3_600_000;

export class IncidentRuns {
  /** Those that go on, and those that ended not long ago. */
  readonly #runs = new Map<string, IncidentRun>();
  readonly #newest = new Map<string, IncidentRun>();
  /** The one that ended last of those that changed something or ended well. */
  readonly #over = new Map<string, IncidentRun>();
  /** By incident: since when a person has it. */
  readonly #people = new Map<string, string>();
  readonly #handedOver = new Map<string, string>();
  readonly #taken = new Map<string, string>();

  /**
   * Takes a record in. Total: what is unknown or out of place is passed over.
   * @param at when it happened among all others
   */
  note(record: JournalRecord, at: string, file: string): void {
    const { incidentId } = record;
    if (incidentId === null) return;
    if (record.type === 'HandedOver') later(this.#handedOver, incidentId, at);
    else if (isIntervention(record)) later(this.#people, incidentId, at);
    if (record.runId === null) return;
    if (record.type === 'RunStarted' && record.actor.type === 'system') later(this.#taken, incidentId, at);
    const run = this.#runOf(record, record.runId, incidentId, at, file);
    if (at > run.at) run.at = at;
    if (isIntervention(record) && record.type !== 'RunStarted') run.overruled = true;
    enter(run, record, at);
    if (record.type !== 'RunEnded') return;
    const before = this.#over.get(incidentId);
    if ((run.acted || run.status === 'resolved') && (before?.endedAt ?? '') <= at)
      this.#over.set(incidentId, run);
    for (const { runId, endedAt } of this.#runs.values())
      if (endedAt !== undefined && Date.parse(at) - Date.parse(endedAt) > rememberedMs)
        this.#runs.delete(runId);
  }

  /** The runs that go on, and those that ended within the last hour. */
  recent(): IterableIterator<IncidentRun> {
    return this.#runs.values();
  }

  /** The run of an incident that was begun last, leaving out those of `but`. */
  newest(incidentId: string, but: (runId: string) => boolean = () => false): IncidentRun | undefined {
    const newest = this.#newest.get(incidentId);
    if (newest !== undefined && !but(newest.runId)) return newest;
    return [...this.#runs.values()].findLast((run) => run.incidentId === incidentId && !but(run.runId));
  }

  /** The run of an incident that ended last, of those that changed something or ended well. */
  lastOver(incidentId: string): IncidentRun | undefined {
    return this.#over.get(incidentId);
  }

  /** Whether a person has an incident: they started, stopped, edited or skipped a part of a run, and have not handed it over since. */
  isOfPerson(incidentId: string): boolean {
    const since = this.#people.get(incidentId);
    return since !== undefined && since >= (this.#handedOver.get(incidentId) ?? '');
  }

  /** Whether neither a person nor automation has had an incident. */
  isFree(incidentId: string): boolean {
    return !this.#taken.has(incidentId) && !this.isOfPerson(incidentId);
  }

  /** When a person handed an incident over, where no run was begun for it since; ISO 8601. */
  handedOver(incidentId: string): string | undefined {
    const at = this.#handedOver.get(incidentId);
    if (at === undefined || this.isOfPerson(incidentId)) return undefined;
    return (this.#taken.get(incidentId) ?? '') < at ? at : undefined;
  }

  #runOf(record: JournalRecord, runId: string, incidentId: string, at: string, file: string): IncidentRun {
    const known = this.#runs.get(runId) ?? this.#same(runId, incidentId);
    if (known !== undefined) {
      this.#runs.set(runId, known);
      return known;
    }
    const started = record.type === 'RunStarted' ? record.data : undefined;
    const run: IncidentRun = {
      ...{ runId, incidentId, file, at, startedAt: at, by: record.actor },
      title: started?.alert.title ?? incidentId,
      context: started?.context ?? '',
      causes: [],
      phase: 'detected',
      acted: false,
    };
    this.#runs.set(runId, run);
    if ((this.#newest.get(incidentId)?.startedAt ?? '') <= at) this.#newest.set(incidentId, run);
    return run;
  }

  /** A run that had ended long ago and is gone on with, by an undo. */
  #same(runId: string, incidentId: string): IncidentRun | undefined {
    return [this.#newest.get(incidentId), this.#over.get(incidentId)].find((run) => run?.runId === runId);
  }
}

/** What a person did that makes an incident theirs. Approving what automation asks is none of it. */
function isIntervention(record: JournalRecord): boolean {
  if (record.type === 'RunEnded')
    return record.data.status === 'stopped' && (record.data.by ?? 'person') === 'person';
  if (record.actor.type !== 'user') return false;
  return ['RunStarted', 'UndoPlanned', 'StepSkipped', 'StepReplaced'].includes(record.type);
}

function later(times: Map<string, string>, key: string, at: string): void {
  if ((times.get(key) ?? '') < at) times.set(key, at);
}

function enter(run: IncidentRun, record: JournalRecord, at: string): void {
  switch (record.type) {
    case 'Planned':
      run.phase = 'planned';
      run.plannedAt = at;
      run.causes = record.data.causes ?? [];
      break;
    case 'UndoPlanned':
    case 'StepReplaced':
    case 'StepSkipped':
      run.phase = 'planned';
      break;
    case 'ApprovalRequested':
      run.phase = 'awaiting approval';
      break;
    case 'ExecutionStarted':
      run.phase = 'executing';
      run.acted = true;
      break;
    case 'VerificationStarted':
      run.phase = 'verifying';
      break;
    case 'RunInterrupted':
      run.phase = 'interrupted';
      break;
    case 'RunEnded':
      run.phase = record.data.status === 'awaiting-approval' ? 'awaiting approval' : record.data.status;
      run.status = record.data.status;
      run.endedAt = at;
      return;
    default:
      return;
  }
  delete run.endedAt;
  delete run.status;
}
