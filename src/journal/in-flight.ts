/** Which automatic steps are under way, in whatever window: a fold over the journal. */
import type { JournalRecord } from '../domain/record.ts';

/** An automatic step that was begun and has not been seen to end. */
export interface StepInFlight {
  readonly runId: string;
  readonly incidentId: string;
  /** Of the incident. */
  readonly title: string;
  readonly stepId: string;
  readonly argv: readonly string[];
  /** ISO 8601. */
  readonly since: string;
  readonly phase: 'executing' | 'verifying';
}

/** Remembers them while records go by. */
export class InFlight {
  readonly #titles = new Map<string, string>();
  readonly #steps = new Map<string, StepInFlight>();

  /** Takes a record in. Total: what is unknown or out of place is passed over. */
  note(record: JournalRecord): void {
    const { runId } = record;
    if (runId === null) return;
    switch (record.type) {
      case 'RunStarted':
        this.#titles.set(runId, record.data.alert.title);
        break;
      case 'ExecutionStarted':
        if (record.data.automatic)
          this.#steps.set(runId, {
            runId,
            incidentId: record.incidentId ?? '',
            title: this.#titles.get(runId) ?? record.incidentId ?? '',
            stepId: record.data.stepId,
            argv: record.data.argv,
            since: record.time,
            phase: 'executing',
          });
        break;
      case 'ExecutionFinished': {
        const step = this.#steps.get(runId);
        const { exitCode, error, effect = 'none' } = record.data;
        const failed = exitCode !== 0 || error !== undefined;
        if (failed && effect !== 'changed') this.#steps.delete(runId);
        else if (step !== undefined) this.#steps.set(runId, { ...step, phase: 'verifying' });
        break;
      }
      case 'RunEnded':
      case 'RunInterrupted':
        this.#titles.delete(runId);
        this.#steps.delete(runId);
        break;
      case 'VerificationFinished':
      // Whatever is decided next, the step before has ended.
      case 'StepReplaced':
      case 'StepSkipped':
      case 'ApprovalRequested':
      case 'UndoPlanned':
        this.#steps.delete(runId);
        break;
      default:
        break;
    }
  }

  /**
   * Those that may still be under way, the oldest first. A window that died says no more: nothing takes longer than `limitSeconds`.
   * @param now the moment to answer for
   */
  steps(now: Date, limitSeconds: number): StepInFlight[] {
    return [...this.#steps.values()]
      .filter(({ since }) => now.getTime() - Date.parse(since) < limitSeconds * 1000)
      .sort((a, b) => a.since.localeCompare(b.since) || a.runId.localeCompare(b.runId));
  }
}
