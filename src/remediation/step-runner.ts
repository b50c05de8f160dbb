/** Takes one step from its decision to its outcome: approval and lock here, execution and verification in perform. */
import type { ActionCall } from '../domain/action.ts';
import type { ApprovalAnswer } from '../domain/approval.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { OncallError } from '../domain/error.ts';
import type { KubeObject, ObjectRef, Target } from '../domain/kubernetes.ts';
import type { Step } from '../domain/plan.ts';
import type { Actor, NewRecord, RecordData, RecordType } from '../domain/record.ts';
import { redact } from '../domain/redaction.ts';
import type { Approver, RunEvent } from '../domain/run.ts';
import type { History } from '../journal/history.ts';
import { told } from '../domain/redaction/told.ts';
import type { Journal } from '../journal/journal.ts';
import { renewedConfidence } from '../diagnosis/renewed-confidence.ts';
import { assessCommand } from '../kubectl/assess.ts';
import { decide } from '../policy/decide.ts';
import { Answers } from './answers.ts';
import { Brake } from './brake.ts';
import { Clearance } from './clearance.ts';
import type { Clock } from './clock.ts';
import { gitOpsOf } from './gitops/gitops.ts';
import { Others } from './others.ts';
import { justTried } from './outdated.ts';
import { Performer, type Stage } from './perform.ts';
import { byHand, callOf, decided, editedStep, groundsOf, undoFor, type AssessmentScope } from './planning.ts';
import { Previews } from './preview/previews.ts';
import type { OwnHolders } from './own-holders.ts';
import type { RunPolicy } from './run-policy.ts';
import { situationOf, type StepCircumstances } from './situation.ts';
import { addedContainer } from './template-bounds.ts';
import type { Turns } from './turns.ts';
import type { StillThere } from './verify.ts';

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
  /** Shared by all runs of one agent: automatic ones take the same target one after another. */
  readonly turns?: Turns;
  /** Shared by all runs of one agent: what it holds Leases as. */
  readonly lockHolders?: OwnHolders;
  /** Turns the timers of the run; the time that passes where absent. */
  readonly clock?: Clock;
  /** How long it may take to preview a step, seconds; none is previewed where absent. */
  readonly previewSeconds?: number;
}

/** How a step ended for the run. */
export type StepEnd =
  | 'verified'
  | 'done'
  | 'failed'
  /** It ran, or may have; what came of it could not be seen. */
  | 'not-seen'
  | 'skipped'
  | 'previewed'
  | 'refused'
  | 'awaiting-approval'
  | 'stopped';

export class StepRunner implements Stage {
  readonly system: Actor = { type: 'system', name: 'oncall-agent' };
  private readonly context: RunContext;
  private readonly clearance: Clearance;
  private readonly performer: Performer;
  private readonly brake: Brake;
  /** What each step would do. */
  readonly previews: Previews;
  /** Where a command without a namespace of its own goes. */
  defaultNamespace = 'default';
  private doubt: string | undefined;
  /** Lets the next run on the same target begin. */
  giveUpTurn: () => void = () => undefined;
  private readonly answers = new Answers();
  /** A person skipped or edited a step: from then on nothing of the plan goes on by itself. */
  private steppedIn = false;
  /** Steps that a person edited, by id, as they were proposed. */
  private readonly proposed = new Map<string, Step>();
  /** Why a person looks at each step that is left; a sentence. */
  private failedBefore: string | undefined;
  /** What other runs did since the plan was made. */
  private readonly others: Others;
  /** Why automation leaves the plan to a person, whatever the mode; a sentence. */
  private distrust: string | undefined;

  constructor(context: RunContext) {
    this.context = context;
    this.doubt = context.doubt;
    this.clearance = new Clearance(context);
    this.performer = new Performer(context, this);
    this.previews = new Previews(context, this);
    this.brake = new Brake(context, (...one) => this.record(...one));
    this.others = new Others(context);
  }

  /**
   * From here on commands without a namespace of their own are assessed for, and run in, the target's.
   * @param doubt why it is not sure that it is the right target in the right cluster: then nothing runs without a person
   */
  about(target: Target, doubt: string | undefined): void {
    if (target.namespace !== '') this.defaultNamespace = target.namespace;
    this.doubt = doubt;
  }

  /**
   * From here on no step of the plan runs by itself, but for what has nothing to do with the others.
   * @param why a sentence
   */
  lookAgain(why: string): void {
    this.failedBefore = why;
  }

  /** What happens from here on is not known to the plan. */
  looksFrom(moment: Date): void {
    this.others.lookedFrom = moment;
  }

  /**
   * From here on no change of the plan is made without a person.
   * @param reason a sentence
   */
  leaveToPerson(reason: string): void {
    this.distrust = reason;
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
  read(call: ActionCall): Promise<KubeObject[]> {
    return this.performer.read(call);
  }

  /** The step whose command was announced and whose outcome is not in the journal. */
  get inFlight(): string | undefined {
    return this.performer.inFlight;
  }

  /** What the look at a step after it ran saw, where that was that it did not help. */
  stillThere(stepId: string): StillThere | undefined {
    return this.performer.stillThere(stepId);
  }

  /** Decides the step as things are now and goes as far as the decision lets it. */
  async run(planned: Step): Promise<StepEnd> {
    return this.follow(await this.redecide(planned));
  }

  private async follow(step: Step): Promise<StepEnd> {
    switch (step.decision.outcome) {
      case 'preview':
        return 'previewed';
      case 'skip':
        return this.skip(step, step.decision.reason);
      case 'refuse':
        await this.record(this.system, 'StepRefused', { stepId: step.id, reason: step.decision.reason });
        return 'refused';
      case 'ask':
        return this.ask(step);
      case 'execute':
        return this.executeAutomatically(step);
    }
  }

  /**
   * The step with a decision for the situation of this moment; a changed one is recorded.
   * @param known what stands in the way beside the settings and the journal
   * @param approved a person has approved it, knowing what the others did: neither that nor what failed meanwhile is in its way
   */
  private async redecide(
    planned: Step,
    known: Partial<StepCircumstances> = {},
    approved = false,
  ): Promise<Step> {
    const { journal, inFlight, runId, incidentId, cluster, policy, now } = this.context;
    const history = await journal.history();
    const isOwn = approved || planned.undoes !== undefined || !planned.risk.mutates;
    const news = isOwn ? [] : await this.others.unheard(planned);
    const step = isOwn ? planned : this.renewed(planned, history);
    const afterFailure =
      step.independent === true || step.undoes !== undefined ? undefined : this.failedBefore;
    const stale =
      news[0]?.text ??
      known.stale ??
      afterFailure ??
      (isOwn ? undefined : (justTried(history, this.others.plan, step, now()) ?? this.distrust));
    // Words that were rejected as text are gone: they are never judged anew.
    const risk = step.risk.rejected ? step.risk : assessCommand(step.argv, this.scope());
    const { lost } = this.clearance;
    const situation = situationOf(
      policy(),
      history,
      {
        runId,
        context: cluster.context,
        incidentId,
        target: this.targetOf(step),
        confidence: step.confidence,
        ...groundsOf(step),
        doubt: this.doubt,
        automaticInFlight: inFlight.automatic > 0,
        isUndo: step.undoes !== undefined,
        steppedIn: this.steppedIn,
        ...(step.gitops === undefined ? {} : { gitops: step.gitops }),
        ...(lost === undefined || !risk.mutates ? {} : { lockTrouble: lost }),
        ...known,
        ...(stale === undefined ? {} : { stale }),
      },
      now(),
    );
    const decision = byHand(step, decide(risk, situation));
    if (decision.reason === news[0]?.text) this.others.hear(news);
    if (
      decision.outcome === step.decision.outcome &&
      decision.reason === step.decision.reason &&
      step.confidence === planned.confidence
    )
      return step;
    const renewed = decided({ ...step, risk }, decision);
    await this.record(this.system, 'StepReplaced', { step: renewed, why: 'decided anew' });
    return renewed;
  }

  private async executeAutomatically(step: Step): Promise<StepEnd> {
    const { inFlight } = this.context;
    // Counted before anything is awaited: a half-open breaker lets only one through.
    inFlight.automatic++;
    let instead: Step;
    try {
      const cleared = await this.clearance.enter(this.namespaceOf(step), step);
      if (cleared.state === 'gone') return await this.skip(step, cleared.reason);
      if (cleared.state === 'clear') {
        try {
          const obstacle = await this.previews.obstacle(step);
          const taken = await this.brake.enter(step, this.system);
          // What was done while this waited for the lock counts: a stop, a breaker that opened, somebody else's action.
          instead = await this.redecide(step, { automaticInFlight: inFlight.automatic > 1, ...obstacle });
          if (taken !== undefined && instead.decision.outcome === 'execute')
            instead = await this.redecide(instead, { stale: taken });
          if (instead.decision.outcome === 'execute') return await this.performer.perform(instead, true);
        } finally {
          await this.leave(step);
        }
      } else {
        const stale = cleared.state === 'changed' ? await this.onNewBasis(step, cleared.basis) : step;
        instead = await this.redecide(stale, cleared.circumstance);
      }
    } finally {
      inFlight.automatic--;
    }
    return instead.decision.outcome === 'execute' ? this.ask(instead) : this.follow(instead);
  }

  /** Waits for a person, as often as it takes: edits and dry runs come back here. */
  private async ask(asked: Step): Promise<StepEnd> {
    const { approve, signal, runId, incidentId } = this.context;
    let step = asked;
    /** What others tried in vain since is told; it does not make an approval void. */
    let { confidence } = asked;
    // Nobody knows how long a person takes.
    this.giveUpTurn();
    await this.previews.refresh(step);
    await this.record(this.system, 'ApprovalRequested', { stepId: step.id });
    if (approve === undefined) return 'awaiting-approval';
    for (;;) {
      signal.throwIfAborted();
      const answer = await this.answered(step, await approve({ runId, incidentId, step }, signal));
      const user: Actor = {
        type: 'user',
        name: answer.type === 'approve' && answer.by !== undefined ? redact(answer.by) : this.context.user,
      };
      switch (answer.type) {
        case 'stop':
          return 'stopped';
        case 'skip':
          this.steppedIn = true;
          await this.record(user, 'StepSkipped', {
            stepId: step.id,
            reason: answer.reason === undefined ? 'Skipped by the user' : redact(answer.reason),
          });
          return 'skipped';
        case 'dry-run':
          await this.performer.dryRun(step, user);
          break;
        case 'edit':
          step = await this.edit(step, answer.command, user);
          ({ confidence } = step);
          if (step.decision.outcome !== 'ask') return this.run(step);
          break;
        case 'approve': {
          if (answer.argvHash !== step.argvHash)
            throw new OncallError(
              'approval-mismatch',
              `The approval was for another command than the one of step ${step.id}`,
              'Look at the command as it is now and approve it again.',
            );
          const now = await this.redecide(step, { confidence }, true);
          if (now.decision.outcome !== 'ask' && now.decision.outcome !== 'execute') return this.run(now);
          step = now;
          // A rule may have made it forbidden since it was asked: then the name is asked for now.
          if (step.decision.typeToConfirm !== undefined && answer.typedName !== step.decision.typeToConfirm)
            throw new OncallError(
              'approval-mismatch',
              `Step ${step.id} takes typing the name ${step.decision.typeToConfirm} exactly`,
              'Approve again and type the name.',
            );
          const cleared = await this.clearance.enter(this.namespaceOf(step), step, answer.argvHash);
          if (cleared.state === 'gone') return this.skip(step, cleared.reason);
          if (cleared.state === 'held') {
            this.progress(step, `Not started: ${cleared.reason} Approve again once it is free`);
            break;
          }
          if (cleared.state === 'changed') {
            const unheard = this.others.hear(await this.others.unheard(step));
            step = await this.askAnew(step, unheard ?? cleared.reason, cleared.basis);
            break;
          }
          if (cleared.state === 'no-right') this.progress(step, `Going on without a lock. ${cleared.reason}`);
          try {
            const news =
              this.others.hear(await this.others.unheard(step)) ?? (await this.previews.news(step));
            if (news !== undefined) {
              step = await this.askAnew(step, news, step.basis ?? []);
              break;
            }
            await this.record(user, 'Approved', {
              stepId: step.id,
              argvHash: answer.argvHash,
              ...(answer.typedName === undefined ? {} : { typedName: answer.typedName }),
            });
            return await this.performer.perform(step, false);
          } finally {
            await this.leave(step);
          }
        }
      }
    }
  }

  /** @throws OncallError `answer-invalid`, after the step was refused with the same words */
  private async answered(step: Step, given: unknown): Promise<ApprovalAnswer> {
    try {
      return this.answers.read(step.id, given);
    } catch (error) {
      await this.record(this.system, 'StepRefused', { stepId: step.id, reason: told(error) });
      throw error;
    }
  }

  /** What was approved was planned for other objects than there are now: a person looks again. */
  private async askAnew(step: Step, reason: string, basis: Step['basis'] & {}): Promise<Step> {
    const typed = step.decision.typeToConfirm;
    const history = await this.context.journal.history();
    const renewed = step.undoes === undefined ? this.renewed(step, history) : step;
    const anew = decided(await this.onNewBasis(renewed, basis), {
      outcome: 'ask',
      reason,
      ...(typed === undefined ? {} : { typeToConfirm: typed }),
    });
    await this.record(this.system, 'StepReplaced', { step: anew, why: 'changed since it was planned' });
    await this.previews.refresh(anew);
    await this.record(this.system, 'ApprovalRequested', { stepId: anew.id });
    return anew;
  }

  /** The step for objects as they are now: its way back leads there, and not to what was when it was planned. */
  private async onNewBasis(step: Step, basis: Step['basis'] & {}): Promise<Step> {
    if (step.undoes !== undefined) return { ...step, basis };
    const call = callOf(step);
    const undo = undoFor(call, await this.read(call));
    return { ...step, basis, ...(undo === undefined ? {} : { undo }) };
  }

  private async skip(step: Step, reason: string): Promise<StepEnd> {
    await this.record(this.system, 'StepSkipped', { stepId: step.id, reason });
    return 'skipped';
  }

  /** An edit is a new command: assessed and decided anew, and it always takes a person's approval. */
  private async edit(step: Step, command: string | readonly string[], user: Actor): Promise<Step> {
    const assessment = assessCommand(command, this.scope());
    if (assessment.rejected) {
      this.progress(step, `The edit was refused: ${assessment.reason}`);
      return step;
    }
    const { cluster, signal } = this.context;
    const added = await addedContainer(cluster, assessment, signal);
    if (added !== undefined) {
      this.progress(step, `The edit was refused: ${added}`);
      return step;
    }
    const managed = await gitOpsOf(cluster, assessment, signal);
    const proposed = this.proposed.get(step.id) ?? step;
    this.proposed.set(step.id, proposed);
    const draft = { ...editedStep(proposed, assessment.argv, user.name, this.scope()), ...managed };
    const decision = decide(
      draft.risk,
      situationOf(
        this.context.policy(),
        await this.context.journal.history(),
        {
          runId: this.context.runId,
          context: this.context.cluster.context,
          incidentId: this.context.incidentId,
          target: this.targetOf(draft),
          confidence: draft.confidence,
          ...groundsOf(draft),
          doubt: this.doubt,
          automaticInFlight: false,
          ...managed,
        },
        this.context.now(),
      ),
    );
    const edited = decided(draft, byHand(draft, decision));
    this.steppedIn = true;
    await this.record(user, 'StepReplaced', { step: edited, why: 'edited' });
    if (edited.decision.outcome === 'ask') {
      await this.previews.refresh(edited);
      await this.record(this.system, 'ApprovalRequested', { stepId: edited.id });
    }
    return edited;
  }

  /** The step with the confidence that it has by now. */
  private renewed(step: Step, history: History): Step {
    return { ...step, ...renewedConfidence(step, history.trackRecord(step.action, step.finding?.name)) };
  }

  private targetOf(step: Pick<Step, 'risk'>): ObjectRef {
    return step.risk.targets[0] ?? { kind: '', name: '' };
  }

  /** Where the objects of a step are. */
  namespaceOf(step: Pick<Step, 'risk'>): string {
    const { namespace } = this.targetOf(step);
    return namespace === undefined || namespace === '*' ? this.defaultNamespace : namespace;
  }

  private async leave(step: Step): Promise<void> {
    try {
      await this.clearance.leave();
    } catch (error) {
      // The lock expires by itself; a failure here must not hide how the step went.
      this.progress(step, `The lock was not released: ${told(error)}`);
    }
  }

  /** Says what is going on; nothing of it is kept. */
  progress(step: Step, message: string): void {
    this.context.emit({ type: 'progress', runId: this.context.runId, stepId: step.id, message });
  }
}
