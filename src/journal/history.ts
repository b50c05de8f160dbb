/**
 * What decisions depend on, kept up to date record by record: the breaker's events, automatic actions, whether automation is
 * stopped, which incidents it took, and how actions turned out. A few words of each record, however many there are.
 */
import type { ActionName } from '../domain/action.ts';
import type { BreakerEvent } from '../domain/decision.ts';
import type { FindingName } from '../domain/diagnosis.ts';
import type { TrackRecord } from '../domain/plan.ts';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { automaticAction, type AutomaticAction } from './automatic.ts';
import { breakerEvent } from './breaker.ts';
import { Changes } from './changes.ts';
import { latest } from './files.ts';
import { IncidentRuns } from './incident-runs.ts';
import { InFlight, type StepInFlight } from './in-flight.ts';
import type { Interlock } from './interlock.ts';
import { JudgedSteps, judgingRecords, type JudgedStep } from './judged.ts';
import { StepIndex } from './step-index.ts';

/** The records that a history is made of; all others may be left out. */
export const historyRecords: ReadonlySet<RecordType> = new Set<RecordType>([
  ...judgingRecords,
  'RunStarted',
  'RunEnded',
  'RunInterrupted',
  'StepSkipped',
  'ApprovalRequested',
  'ChangeAnnounced',
  'ChangeWithdrawn',
  'VerificationStarted',
  'HandedOver',
  'InterruptionChecked',
  'BreakerReset',
  'AutomationStopped',
  'AutomationResumed',
  'JournalLost',
]);

export class History {
  /** Lines that decisions should know of and that could not be read as records. */
  leftOut = 0;
  readonly #steps = new StepIndex();
  readonly #judged = new JudgedSteps();
  readonly #breaker = new BreakerEvents();
  readonly #automatic = new Ordered<AutomaticAction>();
  readonly #taken = new Set<string>();
  readonly #inFlight = new InFlight();
  /** The changes of the cluster, by whomever. */
  readonly changes = new Changes();
  /** The runs of each incident. */
  readonly incidents = new IncidentRuns();
  #switched: { readonly at: string; readonly stopped: boolean } | undefined;
  #lost: { readonly at: string; readonly files: readonly string[] } | undefined;
  #interlock: Pick<Interlock, 'stopped' | 'lost' | 'trouble'> | undefined;

  /**
   * Takes a record in. Those of one file come in their order; those of different files in any.
   * @param at when it happened among all others, ISO 8601: its time, unless the clock was set back
   * @param file the one that it is in
   * Total: what is unknown or out of place is passed over.
   */
  note(record: JournalRecord, at = record.time, file = ''): void {
    this.#judged.note(record);
    this.#steps.note(record);
    this.#inFlight.note(record);
    this.changes.note(record, at, this.#steps);
    this.incidents.note(record, at, file);
    const event = breakerEvent(record, this.#steps);
    if (event !== undefined) this.#breaker.note(event, at, 'journal');
    const action = automaticAction(record, this.#steps);
    if (action !== undefined) this.#automatic.insert(action, at);
    if (record.type === 'RunStarted' && record.actor.type === 'system' && record.incidentId !== null)
      this.#taken.add(record.incidentId);
    if (record.type === 'AutomationStopped' || record.type === 'AutomationResumed')
      this.#switch(record.type, at);
    if (record.type === 'JournalLost') this.#lose(record.data.files, at);
  }

  /** What is kept outside of the journal counts as well: see {@link Interlock}. */
  lockWith(interlock: Pick<Interlock, 'stopped' | 'lost' | 'trouble' | 'breakerEvents'>): void {
    this.#interlock = interlock;
    this.#breaker.catchUp(interlock.breakerEvents);
  }

  /** Successes, failures and resets, in the order in which they happened. */
  get breakerEvents(): readonly BreakerEvent[] {
    return this.#breaker.items;
  }

  /** Every automatic execution, oldest first. */
  get automaticActions(): readonly AutomaticAction[] {
    return this.#automatic.items;
  }

  /** Whether nothing may run by itself: see {@link stopReason}. */
  get automationStopped(): boolean {
    return this.stopReason !== undefined;
  }

  /** Why nothing may run by itself until a person resumes automation, as a sentence; undefined where nothing is in the way. */
  get stopReason(): string | undefined {
    const byPerson = this.#interlock?.stopped === true || this.#switched?.stopped === true;
    return byPerson ? 'Automation was stopped by a person.' : this.mustLook;
  }

  /** What a person has to look at before anything runs by itself again, as a sentence: what was lost or cannot be told. */
  get mustLook(): string | undefined {
    const { lost = [], trouble } = this.#interlock ?? {};
    const files = new Set([...lost, ...(this.#lost?.files ?? [])]).size;
    if (files > 0)
      return `The audit log lost ${files} file${files === 1 ? '' : 's'} that had been read: nothing runs by itself until you have looked and resumed automation.`;
    return trouble === undefined
      ? undefined
      : `Whether automation was stopped cannot be told: ${trouble}. Nothing runs by itself until you have looked and resumed automation.`;
  }

  /** The automatic steps that may be under way at a moment, in whatever window; none takes longer than `limitSeconds`. */
  stepsInFlight(now: Date, limitSeconds: number): StepInFlight[] {
    return this.#inFlight.steps(now, limitSeconds);
  }

  /** The incidents that automation has begun a run for. */
  get incidentsTaken(): ReadonlySet<string> {
    return this.#taken;
  }

  /** The deeds whose outcome is known. */
  judgedSteps(): Iterable<JudgedStep> {
    return this.#judged.steps();
  }

  /**
   * How often `action` ended the finding, and how often it did not; see {@link JudgedSteps} for what counts.
   * A command that is no action of the catalogue has no track record: that one such command worked says nothing of another.
   * @param findingName undefined asks for the steps that no finding justified
   */
  trackRecord(action: ActionName, findingName: FindingName | undefined): TrackRecord {
    let successes = 0;
    let failures = 0;
    if (action === 'custom_command') return { successes, failures };
    for (const step of this.#judged.steps()) {
      if (step.action !== action || step.finding !== findingName) continue;
      if (step.success) successes++;
      else failures++;
    }
    return { successes, failures };
  }

  /** Nothing runs by itself until a person has looked and resumed automation. */
  #lose(files: readonly string[], at: string): void {
    // A person who resumed later has looked.
    if (this.#switched?.stopped === false && at < this.#switched.at) return;
    this.#lost = { at, files: [...new Set([...(this.#lost?.files ?? []), ...files])].sort() };
  }

  /** Of two at one time the later one read holds. */
  #switch(type: 'AutomationStopped' | 'AutomationResumed', at: string): void {
    if (this.#switched !== undefined && at < this.#switched.at) return;
    this.#switched = { at, stopped: type === 'AutomationStopped' };
    if (type === 'AutomationResumed' && this.#lost !== undefined && this.#lost.at <= at)
      this.#lost = undefined;
  }
}

/** The history of records that are all at hand, in the order in which they happened. */
export function historyOf(records: Iterable<JournalRecord>): History {
  const history = new History();
  let at = '';
  for (const record of records) history.note(record, (at = latest(at, record.time)));
  return history;
}

/**
 * What the breaker counts, of two places that should say the same: each event once, though only one of them has it. Of events
 * that look alike so many count as the place has that has more of them.
 */
class BreakerEvents {
  readonly #ordered = new Ordered<BreakerEvent>();
  readonly #counts = { journal: new Map<string, number>(), interlock: new Map<string, number>() };
  #caughtUp = 0;

  get items(): readonly BreakerEvent[] {
    return this.#ordered.items;
  }

  note(event: BreakerEvent, at: string, place: 'journal' | 'interlock'): void {
    const key = `${event.time} ${event.outcome}`;
    const count = (this.#counts[place].get(key) ?? 0) + 1;
    this.#counts[place].set(key, count);
    const other = this.#counts[place === 'journal' ? 'interlock' : 'journal'].get(key) ?? 0;
    if (count > other) this.#ordered.insert(event, at);
  }

  /** @param events those of the interlock, which only grow */
  catchUp(events: readonly BreakerEvent[]): void {
    for (const event of events.slice(this.#caughtUp)) this.note(event, event.time, 'interlock');
    this.#caughtUp = events.length;
  }
}

/** A list by time; items of one time in the order in which they came. */
class Ordered<T> {
  readonly items: T[] = [];
  readonly #at: string[] = [];

  /** Nearly always the place is the end. */
  insert(item: T, at: string): void {
    let place = this.items.length;
    while (place > 0 && (this.#at[place - 1] as string) > at) place--;
    this.items.splice(place, 0, item);
    this.#at.splice(place, 0, at);
  }
}
