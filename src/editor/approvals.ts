/**
 * What runs ask of people, and the answers. CodeLens, palette and webview buttons all answer through
 * {@link Approvals.answer}, which checks that the answer is for what is asked now.
 */
import { OncallError } from '../domain/error.ts';
import type { JournalRecord } from '../domain/record.ts';
import type { ApprovalAnswer, ApprovalRequest, StepView } from '../domain/run.ts';
import { togetherOf, type SeenStep } from '../ipc/planTogether.ts';
import { Emitter } from './emitter.ts';

export interface ApprovalsParts {
  /** The step of a request with what is known of it besides. */
  readonly stepOf: (request: ApprovalRequest) => StepView;
  /** Whether it is not sure that a run is in the right place. */
  readonly inDoubt: (runId: string) => boolean;
  /** The steps of a run as they are now. */
  readonly stepsOf: (runId: string) => readonly StepView[];
  /** Asks the person to type the name of the object that a forbidden step is about. Undefined when they give up. */
  readonly askName: (step: StepView, name: string) => Promise<string | undefined>;
}

interface Asking {
  readonly request: ApprovalRequest;
  readonly settle: (answer: ApprovalAnswer) => void;
}

export class Approvals {
  readonly #parts: ApprovalsParts;
  /** By run id: a run asks one thing at a time. */
  readonly #asking = new Map<string, Asking>();
  /** By run id: what a person has approved ahead, together with the step that was asked about then. */
  readonly #ahead = new Map<string, readonly SeenStep[]>();
  /** By run id: what was last approved together, to be shown. */
  readonly #together = new Map<string, readonly SeenStep[]>();
  readonly #changed = new Emitter<string>();

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
  }

  /** Fires with a run's id whenever what is asked in it has changed. */
  readonly onDidChange = this.#changed.event;

  /** What a run asks now. */
  of(runId: string): ApprovalRequest | undefined {
    return this.#asking.get(runId)?.request;
  }

  /** The steps of a run that are approved although their turn has not come. */
  aheadOf(runId: string): readonly SeenStep[] {
    return this.#ahead.get(runId) ?? [];
  }

  /** The steps of a run that were approved together last. */
  togetherIn(runId: string): readonly SeenStep[] {
    return this.#together.get(runId) ?? [];
  }

  /**
   * Asks; what was approved ahead is answered at once.
   * @throws OncallError `cancelled` once the signal fires
   */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    const { runId } = request;
    const given = signal.aborted ? undefined : this.#givenAhead(request);
    if (given !== undefined) return Promise.resolve(given);
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        this.forget(runId);
        reject(
          new OncallError('cancelled', `Run ${runId} was stopped`, 'Start it again when you are ready.'),
        );
      };
      if (signal.aborted) {
        withdraw();
        return;
      }
      signal.addEventListener('abort', withdraw, { once: true });
      this.#asking.set(runId, {
        request,
        settle: (answer) => {
          signal.removeEventListener('abort', withdraw);
          resolve(answer);
        },
      });
      this.#changed.fire(runId);
    });
  }

  /**
   * Answers what a run asks now. A forbidden step approved without its name asks for it first; giving up there changes nothing.
   * @throws OncallError `approval-mismatch` where the run, the step or the command is not the one that is asked about, or
   * another name was typed
   */
  async answer(runId: string, stepId: string, answer: ApprovalAnswer): Promise<void> {
    const asking = this.#askedNow(runId, stepId, answer);
    const name = asking.request.step.decision.typeToConfirm;
    if (answer.type !== 'approve' || name === undefined) {
      this.#settle(runId, asking, answer);
      return;
    }
    const step = this.#parts.stepOf(asking.request);
    const typedName = answer.typedName ?? (await this.#parts.askName(step, name));
    if (typedName === undefined) return;
    if (typedName !== name) {
      throw new OncallError(
        'approval-mismatch',
        `The name typed for step ${stepId} is not the object's`,
        `Type ${name} to run ${asking.request.step.command}.`,
      );
    }
    // While the name was typed the question may have changed.
    this.#settle(runId, this.#askedNow(runId, stepId, answer), { ...answer, typedName });
  }

  /** The steps of a run that may be approved together now. */
  offeredTogether(runId: string): readonly SeenStep[] {
    return togetherOf(this.#parts.stepsOf(runId), this.of(runId)?.step.id, this.#parts.inDoubt(runId));
  }

  /**
   * Approves steps of a run together: the first is answered now, each of the others when its turn comes, and only as it was
   * seen. The first one that does not go through, or is asked about in another way, ends it.
   * @param seen the steps in the order of the plan, each with the hash of the command that the person saw
   * @throws OncallError `approval-mismatch` where they are not what may be approved together now
   */
  async answerTogether(runId: string, seen: readonly SeenStep[]): Promise<void> {
    const now = this.offeredTogether(runId);
    const [first, ...rest] = seen;
    const same = seen.length === now.length && seen.every((one, index) => isSame(one, now[index]));
    if (first === undefined || !same) {
      throw mismatch(`The steps of run ${runId} are no longer the ones that were approved together`);
    }
    // Before the answer: a run may ask its next question at once.
    this.#ahead.set(runId, rest);
    this.#together.set(runId, seen);
    await this.answer(runId, first.stepId, { type: 'approve', argvHash: first.argvHash });
  }

  /**
   * Hears what becomes of a run: once a step did not go through, or one that was approved ahead is decided anew, each one that is
   * left is asked about.
   */
  heard(runId: string, record: JournalRecord): void {
    const isOther =
      record.type === 'StepReplaced' &&
      this.aheadOf(runId).some(({ stepId }) => stepId === record.data.step.id);
    if ((isOther || didNotGoThrough(record)) && this.#ahead.delete(runId)) this.#changed.fire(runId);
  }

  /** Answers whatever a run asks with a stop. */
  stop(runId: string): void {
    this.#ahead.delete(runId);
    const asking = this.#asking.get(runId);
    if (asking !== undefined) this.#settle(runId, asking, { type: 'stop' });
  }

  /** A run asks nothing any more. */
  forget(runId: string): void {
    this.#asking.delete(runId);
    this.#ahead.delete(runId);
    this.#changed.fire(runId);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** The answer that was given ahead. It holds once, for the next question, and for that as it was seen. */
  #givenAhead({ runId, step }: ApprovalRequest): ApprovalAnswer | undefined {
    const [next, ...rest] = this.aheadOf(runId);
    if (next === undefined) return undefined;
    const steps = this.#parts.stepsOf(runId).map((one) => (one.id === step.id ? { ...one, ...step } : one));
    const [allowed] = togetherOf(steps, step.id, this.#parts.inDoubt(runId), 1);
    if (!isSame(next, { stepId: step.id, argvHash: step.argvHash }) || !isSame(next, allowed)) {
      this.#ahead.delete(runId);
      return undefined;
    }
    this.#ahead.set(runId, rest);
    return { type: 'approve', argvHash: step.argvHash };
  }

  #settle(runId: string, asking: Asking, answer: ApprovalAnswer): void {
    if (this.#asking.get(runId) === asking) this.#asking.delete(runId);
    asking.settle(answer);
    this.#changed.fire(runId);
  }

  #askedNow(runId: string, stepId: string, answer: ApprovalAnswer): Asking {
    const asking = this.#asking.get(runId);
    if (asking === undefined) throw mismatch(`Run ${runId} asks for nothing now`);
    const { step } = asking.request;
    if (step.id !== stepId) throw mismatch(`Run ${runId} asks about step ${step.id}, not ${stepId}`);
    if (answer.type === 'approve' && answer.argvHash !== step.argvHash) {
      throw mismatch(`The command of step ${stepId} is no longer the one that was approved`);
    }
    return asking;
  }
}

const mismatch = (what: string) =>
  new OncallError('approval-mismatch', what, 'Look at the plan as it is now, and decide again.');

function isSame(one: SeenStep, other: SeenStep | undefined): boolean {
  return one.stepId === other?.stepId && one.argvHash === other.argvHash;
}

/** Whether a record tells that a step failed, was refused or was not run. */
function didNotGoThrough(record: JournalRecord): boolean {
  switch (record.type) {
    case 'ExecutionFinished':
      return record.data.exitCode !== 0 || record.data.error !== undefined;
    case 'VerificationFinished':
      return !record.data.verified;
    case 'StepRefused':
    case 'StepSkipped':
      return true;
    default:
      return false;
  }
}
