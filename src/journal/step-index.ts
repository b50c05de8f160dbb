/** Which step a record of a run speaks of: the version that was in force when it was written. */
import type { Step } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';

/** Remembers the steps of all runs while records go by. */
export class StepIndex {
  private readonly steps = new Map<string, Step>();

  /** Takes note of a record that plans or replaces steps; all others are passed over. */
  note(record: JournalRecord): void {
    if (record.type === 'Planned') for (const step of record.data.steps) this.put(record.runId, step);
    else if (record.type === 'StepReplaced' || record.type === 'UndoPlanned')
      this.put(record.runId, record.data.step);
  }

  /** The step of a run as it is now, or undefined where no record tells. */
  get(runId: string | null, stepId: string): Step | undefined {
    return this.steps.get(`${runId}\n${stepId}`);
  }

  private put(runId: string | null, step: Step): void {
    this.steps.set(`${runId}\n${step.id}`, step);
  }
}
