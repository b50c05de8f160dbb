/** Which step a record of a run speaks of: the version that was in force when it was written. */
import type { ActionName } from '../domain/action.ts';
import type { ObjectRef } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { JournalRecord } from '../domain/record.ts';

/** What decisions need to know of a step: little, because it is kept for every run that has not ended. */
export interface StepNote {
  readonly mutates: boolean;
  /** Whether there is nothing to verify. */
  readonly unverified: boolean;
  /** The first object that the command changes, as its risk assessment names it. */
  readonly target?: ObjectRef;
  /** All that it changes. */
  readonly targets: readonly ObjectRef[];
  readonly argvHash: string;
  readonly action: ActionName;
  /** The step that it takes back. */
  readonly undoes?: string;
}

/** Remembers the steps of runs while records go by. */
export class StepIndex {
  private readonly runs = new Map<string, Map<string, StepNote>>();

  /** Takes note of a record that plans or replaces steps, or ends a run; all others are passed over. */
  note(record: JournalRecord): void {
    if (record.type === 'Planned') for (const step of record.data.steps) this.put(record.runId, step);
    else if (record.type === 'StepReplaced' || record.type === 'UndoPlanned')
      this.put(record.runId, record.data.step);
    // What follows the end of a run is an undo, and it brings its step along.
    else if (record.type === 'RunEnded') this.runs.delete(String(record.runId));
  }

  /** The step of a run as it is now, or undefined where no record tells. */
  get(runId: string | null, stepId: string): StepNote | undefined {
    return this.runs.get(String(runId))?.get(stepId);
  }

  private put(runId: string | null, step: Step): void {
    const key = String(runId);
    const steps = this.runs.get(key) ?? new Map<string, StepNote>();
    this.runs.set(key, steps);
    const [target] = step.risk.targets;
    steps.set(step.id, {
      mutates: step.risk.mutates,
      unverified: step.verification.type === 'none',
      ...(target === undefined ? {} : { target }),
      targets: step.risk.targets,
      argvHash: step.argvHash,
      action: step.action,
      ...(step.undoes === undefined ? {} : { undoes: step.undoes }),
    });
  }
}
