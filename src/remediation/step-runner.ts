/** Takes one step from its decision to its outcome: approval, lock, execution, verification. */
import type { ActionCall } from '../domain/action.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { explain, OncallError } from '../domain/error.ts';
import type { KubeObject, ObjectRef, Target } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { Actor, NewRecord, RecordData, RecordType } from '../domain/record.ts';
import type { Approver, RunEvent } from '../domain/run.ts';
import { findingPresent } from '../diagnosis/finding-present.ts';
import type { Journal } from '../journal/journal.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { withDryRun } from '../kubectl/dry-run.ts';
import { decide } from '../policy/decide.ts';
import { touchesOf } from './actions/catalogue.ts';
import { execute, type Execution } from './execute.ts';
import { gitOpsOf } from './gitops/gitops.ts';
import { callOf, decided, editedStep, undoFor, type AssessmentScope } from './planning.ts';
import { RemediationLock } from './remediation-lock.ts';
import type { RunPolicy } from './run-policy.ts';
import { situationOf } from './situation.ts';
import { specHash } from './spec-hash.ts';
import { verify } from './verify.ts';

/** What a run works with. */
export interface RunContext {
  readonly runId: string;
  readonly incidentId: string;
  readonly journal: Journal;
  readonly cluster: Cluster;
  /** Absolute path. */
  readonly kubectl: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The settings as they are now. */
  policy(): RunPolicy;
  /** Who runs this, for locks and approvals without a name of their own. */
  readonly user: string;
  readonly approve?: Approver;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Why it is not sure that this is the cluster that the alert is about. */
  readonly doubt?: string;
  /** Shared by all runs of one agent: how many automatic steps execute right now. */
  readonly inFlight: { automatic: number };
}

/** How a step ended for the run. */
export type StepEnd =
  'verified' | 'done' | 'failed' | 'skipped' | 'previewed' | 'refused' | 'awaiting-approval' | 'stopped';

export class StepRunner {
  readonly system: Actor = { type: 'system', name: 'oncall-agent' };
  private readonly context: RunContext;
  private readonly lock: RemediationLock;
  private defaultNamespace = 'default';
  private doubt: string | undefined;

  constructor(context: RunContext) {
    this.context = context;
    this.doubt = context.doubt;
    this.lock = new RemediationLock(context);
  }

  /**
   * From here on commands without a namespace of their own are assessed for, and run in, the target's.
   * @param doubt why it is not sure that it is the right target in the right cluster: then nothing runs without a person
   */
  about(target: Target, doubt: string | undefined): void {
    if (target.namespace !== '') this.defaultNamespace = target.namespace;
    this.doubt = doubt;
  }

  /** Appends to the journal, then tells whoever watches. */
  async record<T extends RecordType>(actor: Actor, type: T, data: RecordData[T]): Promise<void> {
    const { runId, incidentId, journal, emit } = this.context;
    const record = await journal.append({ runId, incidentId, actor, type, data } as NewRecord);
    emit({ type: 'record', record });
  }

  /** What commands of this run are assessed against. */
  scope(): AssessmentScope {
    return {
      rules: this.context.policy().riskRules,
      context: this.context.cluster.context,
      defaultNamespace: this.defaultNamespace,
    };
  }

  /** The objects that an action touches, as they are now. */
  async read(call: ActionCall): Promise<KubeObject[]> {
    const objects = await Promise.all(
      touchesOf(call).map((ref) => this.context.cluster.get(ref, this.context.signal)),
    );
    return objects.filter((one) => one !== undefined);
  }

  /** Decides the step as things are now and goes as far as the decision lets it. */
  async run(planned: Step): Promise<StepEnd> {
    const step = await this.redecide(planned);
    switch (step.decision.outcome) {
      case 'preview':
        return 'previewed';
      case 'skip':
        await this.record(this.system, 'StepSkipped', { stepId: step.id, reason: step.decision.reason });
        return 'skipped';
      case 'refuse':
        await this.record(this.system, 'StepRefused', { stepId: step.id, reason: step.decision.reason });
        return 'refused';
      case 'ask':
        return this.ask(step);
      case 'execute':
        return this.executeAutomatically(step);
    }
  }

  /** The step with a decision for the situation of this moment; a changed one is recorded. */
  private async redecide(step: Step, lockHolder?: string): Promise<Step> {
    const { journal, inFlight, incidentId, policy, now } = this.context;
    // Words that were rejected as text are gone: they are never judged anew.
    const risk = step.risk.rejected ? step.risk : assessCommand(step.argv, this.scope());
    const situation = situationOf(
      policy(),
      await journal.records(),
      {
        incidentId,
        target: this.targetOf(step),
        confidence: step.confidence,
        doubt: this.doubt,
        automaticInFlight: inFlight.automatic > 0,
        isUndo: step.undoes !== undefined,
        ...(step.gitops === undefined ? {} : { gitops: step.gitops }),
        ...(lockHolder === undefined ? {} : { lockHolder }),
      },
      now(),
    );
    const decision = decide(risk, situation);
    if (decision.outcome === step.decision.outcome && decision.reason === step.decision.reason) return step;
    const renewed = decided({ ...step, risk }, decision);
    await this.record(this.system, 'StepReplaced', { step: renewed, why: 'decided anew' });
    return renewed;
  }

  private async executeAutomatically(step: Step): Promise<StepEnd> {
    // Counted before anything is awaited: a half-open breaker lets only one through.
    this.context.inFlight.automatic++;
    let asking: Step;
    try {
      const lock = await this.lock.acquire(this.namespaceOf(step), step);
      if (!('by' in lock)) {
        try {
          return await this.perform(step, true);
        } finally {
          await this.release(step);
        }
      }
      asking = await this.redecide(step, lock.by);
    } finally {
      this.context.inFlight.automatic--;
    }
    return asking.decision.outcome === 'ask' ? this.ask(asking) : 'refused';
  }

  /** Waits for a person, as often as it takes: edits and dry runs come back here. */
  private async ask(asked: Step): Promise<StepEnd> {
    const { approve, signal, runId, incidentId } = this.context;
    let step = asked;
    await this.record(this.system, 'ApprovalRequested', { stepId: step.id });
    if (approve === undefined) return 'awaiting-approval';
    for (;;) {
      const answer = await approve({ runId, incidentId, step }, signal);
      const user: Actor = {
        type: 'user',
        name: answer.type === 'approve' ? (answer.by ?? this.context.user) : this.context.user,
      };
      switch (answer.type) {
        case 'stop':
          return 'stopped';
        case 'skip':
          await this.record(user, 'StepSkipped', {
            stepId: step.id,
            reason: answer.reason ?? 'Skipped by the user',
          });
          return 'skipped';
        case 'dry-run':
          await this.dryRun(step, user);
          break;
        case 'edit':
          step = await this.edit(step, answer.command, user);
          if (step.decision.outcome !== 'ask') return this.run(step);
          break;
        case 'approve': {
          if (answer.argvHash !== step.argvHash)
            throw new OncallError(
              'approval-mismatch',
              `The approval was for another command than the one of step ${step.id}`,
              'Look at the command as it is now and approve it again.',
            );
          const now = await this.redecide(step);
          if (now.decision.outcome !== 'ask' && now.decision.outcome !== 'execute') return this.run(now);
          step = now;
          // A rule may have made it forbidden since it was asked: then the name is asked for now.
          if (step.decision.typeToConfirm !== undefined && answer.typedName !== step.decision.typeToConfirm)
            throw new OncallError(
              'approval-mismatch',
              `Step ${step.id} takes typing the name ${step.decision.typeToConfirm} exactly`,
              'Approve again and type the name.',
            );
          const lock = await this.lock.acquire(this.namespaceOf(step), step);
          if (lock.state === 'held') {
            this.progress(step, `Not started: ${lock.by}. Approve again once it is free`);
            break;
          }
          if (lock.state === 'forbidden') this.progress(step, lock.by);
          try {
            await this.record(user, 'Approved', {
              stepId: step.id,
              argvHash: answer.argvHash,
              ...(answer.typedName === undefined ? {} : { typedName: answer.typedName }),
            });
            return await this.perform(step, false);
          } finally {
            if (lock.state === 'acquired') await this.release(step);
          }
        }
      }
    }
  }

  /** An edit is a new command: assessed and decided anew, and it always takes a person's approval. */
  private async edit(step: Step, command: string | readonly string[], user: Actor): Promise<Step> {
    const assessment = assessCommand(command, this.scope());
    if (assessment.rejected) {
      this.progress(step, `The edit was refused: ${assessment.reason}`);
      return step;
    }
    const managed = await gitOpsOf(this.context.cluster, assessment, this.context.signal);
    const draft = { ...editedStep(step, assessment.argv, this.scope()), ...managed };
    const decision = decide(
      draft.risk,
      situationOf(
        this.context.policy(),
        await this.context.journal.records(),
        {
          incidentId: this.context.incidentId,
          target: this.targetOf(draft),
          confidence: draft.confidence,
          doubt: this.doubt,
          automaticInFlight: false,
          ...managed,
        },
        this.context.now(),
      ),
    );
    const edited = decided(
      draft,
      decision.outcome === 'execute'
        ? { outcome: 'ask', reason: 'Edited by hand: it runs once you approve the new command' }
        : decision,
    );
    await this.record(user, 'StepReplaced', { step: edited, why: 'edited' });
    if (edited.decision.outcome === 'ask')
      await this.record(this.system, 'ApprovalRequested', { stepId: edited.id });
    return edited;
  }

  private async dryRun(step: Step, user: Actor): Promise<void> {
    const argv = withDryRun(step.argv, this.scope());
    if (argv === undefined) {
      this.progress(step, 'This command has no dry run');
      return;
    }
    const result = await this.start(step, argv);
    await this.record(user, 'DryRunFinished', {
      stepId: step.id,
      exitCode: result.exitCode,
      output: result.failure ? `${result.output}\n${result.failure.message}`.trim() : result.output,
    });
  }

  /** Runs the command, then watches until what was wrong is over. */
  private async perform(step: Step, automatic: boolean): Promise<StepEnd> {
    const call = callOf(step);
    const before = await this.read(call);
    const undo = step.undoes === undefined ? (undoFor(call, before) ?? step.undo) : undefined;
    const namespace = this.namespaceOf(step);
    const actor = automatic ? this.system : ({ type: 'user', name: this.context.user } as const);
    await this.record(actor, 'ExecutionStarted', {
      stepId: step.id,
      argv: step.argv,
      context: this.context.cluster.context,
      namespace,
      transport: 'kubectl',
      automatic,
      before,
      wishes: before.map(wishOf),
      ...(undo === undefined ? {} : { undo }),
    });
    const result = await this.start(step, step.argv);
    const failure = result.failure;
    const after = failure === undefined && step.risk.mutates ? await this.left(call) : undefined;
    await this.record(this.system, 'ExecutionFinished', {
      stepId: step.id,
      exitCode: result.exitCode,
      durationMs: result.durationMs,
      output: result.output,
      ...(after === undefined ? {} : { after }),
      ...(failure === undefined ? {} : { error: `${failure.message}. ${failure.next}` }),
      ...(failure?.kind === 'cancelled' ? { cancelled: true } : {}),
    });
    if (failure !== undefined) return failure.kind === 'cancelled' ? 'stopped' : 'failed';
    if (!step.risk.mutates || step.verification.type === 'none') return 'done';

    await this.record(this.system, 'VerificationStarted', { stepId: step.id });
    const { verified, message } = await this.verified(step, before);
    await this.record(this.system, 'VerificationFinished', { stepId: step.id, verified, message });
    return verified ? 'verified' : 'failed';
  }

  /** What the touched objects ask for after the deed. That it cannot be read must not hide that the deed was done. */
  private async left(call: ActionCall): Promise<{ ref: ObjectRef; specHash: string }[] | undefined> {
    try {
      return (await this.read(call)).map(wishOf);
    } catch {
      return undefined;
    }
  }

  private async verified(
    step: Step,
    before: readonly KubeObject[],
  ): Promise<{ verified: boolean; message: string }> {
    const { cluster, signal } = this.context;
    const { timeoutSeconds, settleSeconds } = this.context.policy().verification;
    try {
      return await verify({
        cluster,
        verification: step.verification,
        before,
        timeoutSeconds,
        settleSeconds,
        signal,
        onProgress: (message) => this.progress(step, message),
        findingPresent: (finding, abort) => findingPresent(cluster, finding, abort),
        ...(step.finding === undefined ? {} : { finding: step.finding }),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      return { verified: false, message: explain(error) };
    }
  }

  private start(step: Step, argv: readonly string[]): Promise<Execution> {
    const { kubectl, environment, cluster, signal, policy, emit, runId } = this.context;
    return execute({
      kubectl,
      kubeconfig: cluster.kubeconfig,
      context: cluster.context,
      namespace: this.defaultNamespace,
      argv,
      env: environment,
      timeoutMs: policy().commandTimeoutSeconds * 1000,
      signal,
      onLine: (stream, line) => emit({ type: 'output', runId, stepId: step.id, stream, line }),
    });
  }

  private targetOf(step: Pick<Step, 'risk'>): ObjectRef {
    return step.risk.targets[0] ?? { kind: '', name: '' };
  }

  private namespaceOf(step: Pick<Step, 'risk'>): string {
    const { namespace } = this.targetOf(step);
    return namespace === undefined || namespace === '*' ? this.defaultNamespace : namespace;
  }

  private async release(step: Step): Promise<void> {
    try {
      await this.lock.release(this.namespaceOf(step), step);
    } catch (error) {
      // The lock expires by itself; a failure here must not hide how the step went.
      this.progress(step, `The lock was not released: ${explain(error)}`);
    }
  }

  private progress(step: Step, message: string): void {
    this.context.emit({ type: 'progress', runId: this.context.runId, stepId: step.id, message });
  }
}

/** What an object asks for: an undo later compares, to see whether somebody changed it since. */
function wishOf(object: KubeObject): { ref: ObjectRef; specHash: string } {
  const { name, namespace } = object.metadata;
  return {
    ref: { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) },
    specHash: specHash(object),
  };
}
