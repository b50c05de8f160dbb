/**
 * The deeds that were judged: a fold over the journal, one record at a time, that keeps a few words of each executed step.
 * Confidence is computed with it and its reliability is measured by it, so both count the same.
 *
 * | what became of a step | counts as | because |
 * | --- | --- | --- |
 * | verified | success | its finding was gone and stayed gone |
 * | verified, and taken back by an undo that went through | nothing | whether it would have held is no longer known |
 * | ended badly: exit code, error, time limit, and changed nothing | failure | it did not do what was said |
 * | ended badly, and may have taken effect | as its verification | only the cluster tells what it did |
 * | looked at, and what it was to end was still there | failure | it did not help |
 * | could not be seen | nothing | nothing is known of it |
 * | not verified, then undone | failure | the undo does not change what was seen |
 * | done, and there was nothing to verify | nothing | nothing was seen to end |
 * | broken off by a person | nothing | it was not left to its end |
 * | interrupted by a crash or a reload | nothing | its outcome is unknown |
 * | with a command that a person edited | nothing | it is not what was proposed |
 * | dry run, preview, skipped, refused, still waiting | nothing | it did not happen |
 * | an undo | nothing | it ends no incident |
 *
 * Rehearsals have a journal of their own; none of it gets here.
 */
import type { ActionName } from '../domain/action.ts';
import type { FindingName } from '../domain/diagnosis.ts';
import type { Step } from '../domain/plan.ts';
import type { JournalRecord, RecordType } from '../domain/record.ts';
import { needsVerification } from './run-fold.ts';

/** An executed step whose outcome is known. */
export interface JudgedStep {
  readonly action: ActionName;
  /** The finding that it was to end; absent where none justified it. */
  readonly finding?: FindingName;
  /** What was said when it was executed, 0 to 1. */
  readonly confidence: number;
  readonly success: boolean;
}

/** The records that the fold reads; all others may be left out. */
export const judgingRecords: ReadonlySet<RecordType> = new Set<RecordType>([
  'Planned',
  'StepReplaced',
  'UndoPlanned',
  'ExecutionStarted',
  'ExecutionFinished',
  'VerificationFinished',
]);

/** What is kept of a step until, and after, it is executed. */
interface Version {
  readonly action: ActionName;
  readonly finding: FindingName | undefined;
  readonly confidence: number;
  readonly edited: boolean;
  readonly undoes: string | undefined;
  readonly needsVerification: boolean;
}

interface Deed {
  readonly key: string;
  readonly version: Version;
  success?: boolean;
}

export class JudgedSteps {
  /** By run and step: the version in force. */
  readonly #versions = new Map<string, Version>();
  /** By run and step: the latest execution. */
  readonly #latest = new Map<string, Deed>();
  readonly #deeds: Deed[] = [];
  /** Steps that an undo took back, by run and step. An undo from another window may be read before its step. */
  readonly #takenBack = new Set<string>();

  /** Takes a record in. Total: what is unknown or out of place is passed over. */
  note(record: JournalRecord): void {
    switch (record.type) {
      case 'Planned':
        for (const step of record.data.steps) this.#plan(record.runId, step, false);
        break;
      case 'StepReplaced':
        this.#plan(record.runId, record.data.step, record.data.why === 'edited');
        break;
      case 'UndoPlanned':
        this.#plan(record.runId, record.data.step, false);
        break;
      case 'ExecutionStarted':
        this.#start(keyOf(record.runId, record.data.stepId));
        break;
      case 'ExecutionFinished':
      case 'VerificationFinished':
        this.#end(record);
        break;
    }
  }

  /** All that were judged so far, in the order in which they were executed. */
  *steps(): Generator<JudgedStep> {
    for (const { key, version, success } of this.#deeds) {
      const { action, finding, confidence, edited, undoes } = version;
      if (success === undefined || edited || undoes !== undefined) continue;
      if (success && this.#takenBack.has(key)) continue;
      yield { action, confidence, success, ...(finding === undefined ? {} : { finding }) };
    }
  }

  #plan(runId: string | null, step: Step, edited: boolean): void {
    const key = keyOf(runId, step.id);
    this.#versions.set(key, {
      action: step.action,
      finding: step.finding?.name,
      confidence: step.confidence,
      // Once edited, a step that is decided anew is still the person's.
      edited: edited || this.#versions.get(key)?.edited === true,
      undoes: step.undoes,
      needsVerification: needsVerification(step),
    });
  }

  #start(key: string): void {
    const version = this.#versions.get(key);
    if (version === undefined) return;
    const deed = { key, version };
    this.#latest.set(key, deed);
    this.#deeds.push(deed);
  }

  #end(record: Extract<JournalRecord, { type: 'ExecutionFinished' | 'VerificationFinished' }>): void {
    const deed = this.#latest.get(keyOf(record.runId, record.data.stepId));
    if (deed === undefined) return;
    const { undoes } = deed.version;
    if (record.type === 'VerificationFinished') {
      if (record.data.outcome !== 'not-seen') deed.success = record.data.verified;
      if (undoes !== undefined && record.data.verified) this.#takenBack.add(keyOf(record.runId, undoes));
      return;
    }
    const { exitCode, error, cancelled, effect } = record.data;
    if (cancelled === true) return;
    const wentWell = exitCode === 0 && error === undefined;
    if (!wentWell) {
      // What it may have done is verified, or is not known.
      if (effect === undefined || effect === 'none') deed.success = false;
    } else if (undoes !== undefined && !deed.version.needsVerification) {
      this.#takenBack.add(keyOf(record.runId, undoes));
    }
  }
}

const keyOf = (runId: string | null, stepId: string): string => `${runId}\n${stepId}`;
