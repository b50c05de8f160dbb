/**
 * The changes of the cluster that were begun, by whomever and in whatever window: a fold over the journal. What the brake counts,
 * and what tells a plan that others have been at its objects since.
 */
import type { ActionName } from '../domain/action.ts';
import { sameRef, type ObjectRef } from '../domain/kubernetes.ts';
import type { JournalRecord } from '../domain/record.ts';
import { verificationOutcome, type VerificationOutcome } from '../domain/verification.ts';
import { automaticAction } from './automatic.ts';
import type { StepIndex } from './step-index.ts';

/** A change that was begun. */
export interface Change {
  readonly runId: string;
  readonly incidentId: string;
  readonly stepId: string;
  /** The kubeconfig context that it was made in. */
  readonly context: string;
  /** Ran without a person's approval. */
  readonly automatic: boolean;
  /** Takes another one back. */
  readonly isUndo: boolean;
  readonly action?: ActionName;
  readonly argvHash?: string;
  readonly targets: readonly ObjectRef[];
  /** What it was said to be about; see `Planned`. */
  readonly causes: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent while its end was not seen. */
  endedAt?: string;
  /** `unknown`: it ended, and nobody saw what came of it. */
  outcome: 'open' | 'worked' | 'failed' | 'unknown';
}

/** An automatic change that is about to begin: announced, and neither begun nor withdrawn. */
export interface Announced {
  readonly runId: string;
  readonly incidentId: string;
  readonly context: string;
  readonly causes: readonly string[];
  /** ISO 8601. */
  readonly at: string;
}

/** Remembers them while records go by. */
export class Changes {
  /** By their begin. */
  readonly #all: Change[] = [];
  readonly #ofIncident = new Map<string, Change[]>();
  /** By run: the one that was begun last. A run makes one at a time. */
  readonly #latest = new Map<string, Change>();
  readonly #announced = new Map<string, Announced>();

  /**
   * Takes a record in. Total: what is unknown or out of place is passed over.
   * @param at when it happened among all others
   * @param steps the steps as they were when the record was written
   */
  note(record: JournalRecord, at: string, steps: StepIndex): void {
    const { runId, incidentId } = record;
    if (runId === null) return;
    const change = this.#latest.get(runId);
    switch (record.type) {
      case 'ChangeAnnounced': {
        const { context, causes } = record.data;
        this.#announced.set(runId, { runId, incidentId: incidentId ?? '', context, causes, at });
        break;
      }
      case 'ExecutionStarted':
        this.#begin(record, at, steps);
        break;
      case 'ExecutionFinished': {
        if (change?.stepId !== record.data.stepId) break;
        const { exitCode, error, cancelled, effect } = record.data;
        if (cancelled === true || effect === 'changed' || effect === 'unknown') end(change, 'unknown', at);
        else if (exitCode !== 0 || error !== undefined) end(change, 'failed', at);
        else if (steps.get(runId, change.stepId)?.unverified === true) end(change, 'unknown', at);
        break;
      }
      // What broke off after it was sent is looked at all the same.
      case 'VerificationStarted':
        if (change?.stepId !== record.data.stepId) break;
        change.outcome = 'open';
        delete change.endedAt;
        break;
      case 'VerificationFinished':
        if (change?.stepId === record.data.stepId) end(change, cameOf[verificationOutcome(record.data)], at);
        break;
      case 'RunInterrupted':
      case 'RunEnded':
        this.#announced.delete(runId);
        this.#latest.delete(runId);
        if (change?.outcome === 'open') end(change, 'unknown', at);
        break;
      // Whatever is decided next, what was announced does not begin.
      case 'ChangeWithdrawn':
      case 'StepReplaced':
      case 'StepSkipped':
      case 'ApprovalRequested':
        this.#announced.delete(runId);
        break;
      default:
        break;
    }
  }

  /** The changes that were begun after a moment, the newest first. */
  *since(moment: Date): Generator<Change> {
    for (let index = this.#all.length - 1; index >= 0; index--) {
      const change = this.#all[index] as Change;
      // A time that cannot be read counts as after whatever is asked.
      if (Date.parse(change.startedAt) < moment.getTime()) return;
      yield change;
    }
  }

  /** The changes that were begun for an incident, the oldest first. */
  ofIncident(incidentId: string): readonly Change[] {
    return this.#ofIncident.get(incidentId) ?? [];
  }

  /** The changes that may still be under way: a window that died says no more, and nothing takes longer than `limitSeconds`. */
  underWay(now: Date, limitSeconds: number): Change[] {
    const begun = new Date(now.getTime() - limitSeconds * 1000);
    return [...this.since(begun)].filter(({ outcome }) => outcome === 'open');
  }

  /** The automatic changes that are about to begin, in the order in which they were announced. */
  announced(now: Date, limitSeconds: number): Announced[] {
    return [...this.#announced.values()]
      .filter(({ at }) => !(now.getTime() - Date.parse(at) >= limitSeconds * 1000))
      .sort((a, b) => a.at.localeCompare(b.at) || a.runId.localeCompare(b.runId));
  }

  #begin(record: Extract<JournalRecord, { type: 'ExecutionStarted' }>, at: string, steps: StepIndex): void {
    const runId = record.runId as string;
    const { stepId, context, automatic, before } = record.data;
    const step = steps.get(runId, stepId);
    const causes = this.#announced.get(runId)?.causes ?? [];
    this.#announced.delete(runId);
    if (step?.mutates === false) return;
    const lost = automaticAction({ ...record, data: { ...record.data, automatic: true } }, steps)?.target;
    const change: Change = {
      runId,
      incidentId: record.incidentId ?? '',
      ...{ stepId, context, automatic, causes },
      isUndo: step?.undoes !== undefined,
      ...(step === undefined ? {} : { action: step.action, argvHash: step.argvHash }),
      targets: step?.targets ?? (lost === undefined || before.length === 0 ? [] : [lost]),
      startedAt: at,
      outcome: 'open',
    };
    this.#latest.set(runId, change);
    let place = this.#all.length;
    while (place > 0 && (this.#all[place - 1] as Change).startedAt > at) place--;
    this.#all.splice(place, 0, change);
    const own = this.#ofIncident.get(change.incidentId);
    if (own === undefined) this.#ofIncident.set(change.incidentId, [change]);
    else own.push(change);
  }
}

const cameOf: Readonly<Record<VerificationOutcome, Change['outcome']>> = {
  gone: 'worked',
  'still-there': 'failed',
  'not-seen': 'unknown',
};

function end(change: Change, outcome: Change['outcome'], at: string): void {
  change.outcome = outcome;
  change.endedAt = at;
}

/** Whether two changes are about one object at least. */
export function touchesSame(a: readonly ObjectRef[], b: readonly ObjectRef[]): boolean {
  return a.some((one) => b.some((other) => sameRef(one, other)));
}
