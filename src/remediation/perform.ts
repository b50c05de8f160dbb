/** Does what was decided: runs the command of a step, then watches until what was wrong is over. */
import type { ActionCall } from '../domain/action.ts';
import { isOncallError, OncallError } from '../domain/error.ts';
import type { KubeObject } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import { stopperOf } from '../domain/run-stop.ts';
import type { Actor, RecordData, RecordType } from '../domain/record.ts';
import { told } from '../domain/redaction/told.ts';
import { findingPresent } from '../diagnosis/finding-present.ts';
import { withDryRun } from '../kubectl/dry-run.ts';
import { argvHash } from '../kubectl/hash.ts';
import { readsOf, touchesOf } from './actions/catalogue.ts';
import { effectOf } from './effect.ts';
import { execute, type Execution, type ExecutionRequest } from './execute.ts';
import type { Failure } from './failure.ts';
import { callOf, undoFor, type AssessmentScope } from './planning.ts';
import { patienceOf } from './run-policy.ts';
import { wishOf, type Wish } from './spec-hash.ts';
import type { RunContext, StepEnd } from './step-runner.ts';
import { carry } from './transports/carry.ts';
import { checkAsLeft } from './undo.ts';
import { verify, type StillThere, type VerificationResult } from './verify.ts';

/** What the deed needs of the run around it. */
export interface Stage {
  readonly system: Actor;
  /** Where a command without a namespace of its own goes. */
  readonly defaultNamespace: string;
  /** Appends to the journal, then tells whoever watches. */
  record<T extends RecordType>(actor: Actor, type: T, data: RecordData[T]): Promise<void>;
  /** Says what is going on; nothing of it is kept. */
  progress(step: Step, message: string): void;
  /** What commands of this run are assessed against. */
  scope(): AssessmentScope;
  /** Where the objects of a step are. */
  namespaceOf(step: Step): string;
}

/** Carries out steps that were decided, approved and locked before. */
export class Performer {
  private readonly context: RunContext;
  private readonly stage: Stage;
  /** The step whose command was announced, until its outcome is in the journal. */
  inFlight: string | undefined;
  /** By step: the look that saw that it did not help. */
  private readonly notOver = new Map<string, StillThere>();

  constructor(context: RunContext, stage: Stage) {
    this.context = context;
    this.stage = stage;
  }

  /** The objects that an action touches, as they are now. */
  async read(call: ActionCall): Promise<KubeObject[]> {
    const objects = await Promise.all(
      touchesOf(call).map((ref) => this.context.cluster.get(ref, this.context.signal)),
    );
    return objects.filter((one) => one !== undefined);
  }

  /** Asks the API server what the command would do, and keeps its answer. */
  async dryRun(step: Step, user: Actor): Promise<void> {
    const argv = withDryRun(step.argv, this.stage.scope());
    if (argv === undefined) {
      this.stage.progress(step, 'This command has no dry run');
      return;
    }
    const result = await execute(this.request(step, argv));
    this.context.signal.throwIfAborted();
    await this.stage.record(user, 'DryRunFinished', {
      stepId: step.id,
      exitCode: result.exitCode,
      output: result.failure ? `${result.output}\n${result.failure.message}`.trim() : result.output,
    });
  }

  /** Runs the command, then watches until what was wrong is over. */
  async perform(step: Step, automatic: boolean): Promise<StepEnd> {
    const { stage } = this;
    if (argvHash(step.argv) !== step.argvHash)
      throw new OncallError(
        'approval-mismatch',
        `The command of step ${step.id} is not the one that was decided about`,
        'Plan the incident again.',
      );
    const obstacle = await this.obstacleToUndo(step);
    if (obstacle !== undefined) {
      await stage.record(stage.system, 'StepRefused', { stepId: step.id, reason: obstacle });
      return 'refused';
    }
    const call = callOf(step);
    const before = await this.read(call);
    const undo = step.undoes === undefined ? (undoFor(call, before) ?? step.undo) : undefined;
    const namespace = stage.namespaceOf(step);
    this.context.signal.throwIfAborted();
    const actor = automatic ? stage.system : ({ type: 'user', name: this.context.user } as const);
    const result = await carry(this.request(step, step.argv), {
      settings: this.context.policy().transport,
      cluster: this.context.cluster,
      announce: async (carried) => {
        await stage.record(actor, 'ExecutionStarted', {
          stepId: step.id,
          argv: step.argv,
          context: this.context.cluster.context,
          namespace,
          ...carried,
          automatic,
          before,
          wishes: before.map(wishOf),
          ...(undo === undefined ? {} : { undo }),
        });
        this.inFlight = step.id;
      },
    });
    // Nobody saw how it ended, so nothing is said of it: not that it failed, and not that a person stopped it.
    if (result.failure?.kind === 'cancelled' && stopperOf(this.context.signal) !== 'person')
      this.context.signal.throwIfAborted();
    const end = await this.conclude(step, call, before, result);
    this.inFlight = undefined;
    return end;
  }

  /** Keeps how the command ended, and what came of it. */
  private async conclude(
    step: Step,
    call: ActionCall,
    before: readonly KubeObject[],
    result: Execution,
  ): Promise<StepEnd> {
    const { stage } = this;
    const { failure } = result;
    // What failed or took too long may have taken effect all the same.
    const found = failure === undefined ? undefined : await this.effect(step, before, failure);
    const after = step.risk.mutates ? await this.left(call) : undefined;
    const evidence = failure === undefined ? readsOf(call) : undefined;
    await stage.record(stage.system, 'ExecutionFinished', {
      stepId: step.id,
      exitCode: result.exitCode,
      durationMs: result.durationMs,
      output: result.output,
      ...(after === undefined ? {} : { after }),
      ...(evidence === undefined ? {} : { evidence }),
      ...(found === undefined ? {} : found),
      ...(failure?.kind === 'cancelled' ? { cancelled: true } : {}),
    });
    const verifiable = step.risk.mutates && step.verification.type !== 'none';
    if (failure !== undefined && (failure.kind === 'cancelled' || this.context.signal.aborted)) {
      // The look at what it did was broken off: it stays in flight, unless a person stopped it, who knows.
      if (found?.effect === 'unknown' && stopperOf(this.context.signal) !== 'person')
        this.context.signal.throwIfAborted();
      return 'stopped';
    }
    // What broke off after it was sent is never run again: only the objects tell whether it went through.
    if (found?.effect === 'none') return 'failed';
    if (found !== undefined && (found.effect === 'unknown' || !verifiable)) return 'not-seen';
    if (!verifiable) return 'done';

    await stage.record(stage.system, 'VerificationStarted', { stepId: step.id });
    const seen = await this.verified(step, before, after);
    const { outcome, message } = seen;
    await stage.record(stage.system, 'VerificationFinished', {
      ...{ stepId: step.id, verified: outcome === 'gone', outcome, message },
      ...(seen.outcome === 'still-there' && seen.evidence !== undefined ? { evidence: seen.evidence } : {}),
    });
    switch (seen.outcome) {
      case 'gone':
        return 'verified';
      case 'still-there':
        this.notOver.set(step.id, seen);
        return 'failed';
      case 'not-seen':
        return 'not-seen';
    }
  }

  /** What the look at a step after it ran saw, where that was that it did not help. */
  stillThere(stepId: string): StillThere | undefined {
    return this.notOver.get(stepId);
  }

  /** What a command did that ended with an error. A person who stopped it is not kept waiting by a look. */
  private async effect(
    step: Step,
    before: readonly KubeObject[],
    failure: Failure,
  ): Promise<Pick<RecordData['ExecutionFinished'], 'error' | 'effect'>> {
    if (failure.kind === 'cancelled') return { error: `${failure.message}. ${failure.next}` };
    const { cluster, signal, now, policy } = this.context;
    return effectOf({
      ...{ cluster, step, before, failure, signal, now },
      patienceSeconds: patienceOf(policy().verification),
      onProgress: (message) => this.stage.progress(step, message),
    });
  }

  /** Why an undo may not run any more: somebody changed the object since it was planned. */
  private async obstacleToUndo(step: Step): Promise<string | undefined> {
    if (step.undoes === undefined) return undefined;
    try {
      await checkAsLeft(this.context, await this.context.journal.recordsOf(this.context.runId), step.undoes);
      return undefined;
    } catch (error) {
      if (isOncallError(error) && error.code === 'undo-refused') return told(error);
      throw error;
    }
  }

  /** What the touched objects ask for after the deed. That it cannot be read must not hide that the deed was done. */
  private async left(call: ActionCall): Promise<Wish[] | undefined> {
    try {
      return (await this.read(call)).map(wishOf);
    } catch {
      return undefined;
    }
  }

  private async verified(
    step: Step,
    before: readonly KubeObject[],
    left: readonly Wish[] | undefined,
  ): Promise<VerificationResult> {
    const { cluster, signal } = this.context;
    try {
      return await verify({
        cluster,
        verification: step.verification,
        before,
        ...this.context.policy().verification,
        signal,
        now: this.context.now,
        onProgress: (message) => this.stage.progress(step, message),
        findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
        ...(step.finding === undefined ? {} : { finding: step.finding }),
        ...(left === undefined ? {} : { left }),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      return { outcome: 'not-seen', message: `It could not be verified: ${told(error)}` };
    }
  }

  private request(step: Step, argv: readonly string[]): ExecutionRequest {
    const { kubectl, environment, cluster, signal, policy, emit, runId } = this.context;
    return {
      kubectl,
      kubeconfig: cluster.kubeconfig,
      context: cluster.context,
      namespace: this.stage.defaultNamespace,
      argv,
      env: environment,
      sensitive: step.risk.sensitive,
      timeoutMs: policy().commandTimeoutSeconds * 1000,
      signal,
      onLine: (stream, line) => emit({ type: 'output', runId, stepId: step.id, stream, line }),
    };
  }
}
