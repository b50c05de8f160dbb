/** Where runs and people meet: holds the live runs and their views, and hands what they ask to whoever answers. */
import type { ClusterSource, SourceNow } from '../diagnosis/reopen.ts';
import { explain, OncallError } from '../domain/error.ts';
import type { Alert, Incident, IncidentBackground } from '../domain/incident.ts';
import type { Actor, JournalRecord } from '../domain/record.ts';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  Approver,
  RemediationResult,
  RunEvent,
  RunView,
  StepView,
  TargetChooser,
} from '../domain/run.ts';
import { RunStop } from '../domain/run-stop.ts';
import type { SeenStep } from '../ipc/planTogether.ts';
import type { InterruptionFinding } from '../remediation/recovery.ts';
import { Approvals } from './approvals.ts';
import { Emitter } from './emitter.ts';
import { LiveRun, type LiveRunParts, type RunStart, type UsageSeen } from './liveRun.ts';
import type { LiveText } from './planDocument/render.ts';
import type { RunningAgent } from './runningAgent.ts';
import { isOver } from './words.ts';

export interface RunDeskParts {
  /** The agent for the connection that holds now. */
  readonly agent: () => RunningAgent;
  readonly alertFor: (incident: Incident) => Promise<Alert>;
  /** The fold over a run's records; undefined where they do not begin with the run's start. */
  readonly view: (records: readonly JournalRecord[], runId: string, live: boolean) => RunView | undefined;
  /** Asks the person to type the name of the object that a forbidden step is about. Undefined when they give up. */
  readonly askName: (step: StepView, name: string) => Promise<string | undefined>;
  readonly newRunId: () => string;
  /** Asks the person of a run what it is about. A run that nobody started has nobody to ask. */
  readonly chooseTarget?: TargetChooser;
  /** What is known around an incident besides its alert. */
  readonly backgroundOf?: (incident: Incident) => IncidentBackground | undefined;
  /** Why the plan of a run is outdated: others were at it since. */
  readonly newsOf?: (view: RunView) => string | undefined;
}

export class RunDesk {
  readonly #parts: RunDeskParts;
  readonly #runs = new Map<string, LiveRun>();
  readonly #past = new Map<string, { readonly view: RunView; readonly agent: RunningAgent }>();
  readonly #changed = new Emitter<string>();
  readonly #streamed = new Emitter<RunEvent>();
  readonly #approvals: Approvals;

  constructor(parts: RunDeskParts) {
    this.#parts = parts;
    this.#approvals = new Approvals({
      stepOf: (request) => this.#stepView(request),
      stepsOf: (runId) => this.view(runId)?.steps ?? [],
      inDoubt: (runId) => this.view(runId)?.targetDoubt !== undefined,
      askName: parts.askName,
    });
    this.#approvals.onDidChange((runId) => {
      this.#changed.fire(runId);
    });
  }

  /** Fires with a run's id whenever its view, or what is asked in it, has changed. */
  readonly onDidChange = this.#changed.event;
  /** Fires with everything that runs report while they go on. */
  readonly onDidStream = this.#streamed.event;

  /**
   * Starts a run for an incident, or returns the one that already goes on for it.
   * @param triggeredBy the user of this window where absent
   * @returns the run's id at once, and its result when it has ended
   * @throws through `done`: what {@link RunningAgent.handleAlert} throws
   */
  start(
    incident: Incident,
    triggeredBy?: Actor,
  ): { runId: string; done: Promise<RemediationResult | undefined> } {
    for (const run of this.#runs.values()) {
      if (run.incidentId === incident.id && this.isLive(run.runId)) {
        return { runId: run.runId, done: Promise.resolve(undefined) };
      }
    }
    const agent = this.#parts.agent();
    const run = this.#open({
      runId: this.#parts.newRunId(),
      incidentId: incident.id,
      title: incident.title,
      agent,
      records: [],
    });
    const done = this.#parts
      .alertFor(incident)
      .then((alert) => {
        run.controller.signal.throwIfAborted();
        const { chooseTarget, backgroundOf } = this.#parts;
        const background = backgroundOf?.(incident);
        return agent.handleAlert(alert, {
          autoRemediate: true,
          runId: run.runId,
          ...(triggeredBy === undefined ? {} : { triggeredBy }),
          ...(chooseTarget === undefined || triggeredBy?.type === 'system' ? {} : { chooseTarget }),
          ...(background === undefined ? {} : { background }),
          ...this.#watching(run),
        });
      })
      .catch((error: unknown) => {
        run.failure = explain(error);
        throw error;
      })
      .finally(() => {
        this.#close(run);
      });
    return { runId: run.runId, done };
  }

  /** Takes back a step. Resolves when the undo has ended. */
  async undo(runId: string, stepId: string): Promise<void> {
    if (this.isLive(runId)) {
      throw new OncallError(
        'approval-mismatch',
        `Run ${runId} still goes on`,
        'Stop it or wait for its end, then undo the step.',
      );
    }
    const known = this.#runs.get(runId);
    const past = this.#past.get(runId);
    const run = this.#open({
      runId,
      incidentId: known?.incidentId ?? past?.view.incidentId ?? '',
      title: known?.title ?? past?.view.title ?? '',
      agent: known?.agent ?? past?.agent ?? this.#parts.agent(),
      // Without records of its own a run is shown from the journal until its undo has ended.
      records: known?.records ?? [],
    });
    try {
      await run.agent.undo(runId, stepId, this.#watching(run));
    } finally {
      this.#close(run);
      await this.history();
      this.#changed.fire(runId);
    }
  }

  /**
   * Looks at the cluster for what became of an interrupted step; nothing is run again.
   * @throws what {@link RunningAgent.checkInterrupted} throws
   */
  async checkInterrupted(runId: string, stepId: string, signal: AbortSignal): Promise<InterruptionFinding> {
    const run = this.#runs.get(runId);
    const agent = run?.agent ?? this.#past.get(runId)?.agent ?? this.#parts.agent();
    const found = await agent.checkInterrupted(runId, stepId, { signal });
    // From now on the journal tells of it, with what was found.
    if (run?.ended === true) this.#runs.delete(runId);
    await this.history();
    this.#changed.fire(runId);
    return found;
  }

  /** Answers what a run asks now: see {@link Approvals.answer}. */
  answer(runId: string, stepId: string, answer: ApprovalAnswer): Promise<void> {
    return this.#approvals.answer(runId, stepId, answer);
  }

  /** Approves steps of a run together: see {@link Approvals.answerTogether}. */
  answerTogether(runId: string, seen: readonly SeenStep[]): Promise<void> {
    return this.#approvals.answerTogether(runId, seen);
  }

  /** The steps of a run that may be approved together now. */
  offeredTogether(runId: string): readonly SeenStep[] {
    return this.#approvals.offeredTogether(runId);
  }

  /** The steps of a run that are approved although their turn has not come. */
  approvedAhead(runId: string): readonly SeenStep[] {
    return this.#approvals.aheadOf(runId);
  }

  /** The steps of a run that were approved together last. */
  approvedTogether(runId: string): readonly SeenStep[] {
    return this.#approvals.togetherIn(runId);
  }

  /** Looks whether what others did makes plans of this window outdated. */
  hearOthers(): void {
    for (const run of this.#runs.values()) {
      const outdated = run.view === undefined ? undefined : this.#parts.newsOf?.(run.view);
      if (outdated === run.outdated) continue;
      run.outdated = outdated;
      this.#changed.fire(run.runId);
    }
  }

  /**
   * Stops a run that only asks, where its plan is outdated: what follows is a new look.
   * @returns when it has ended; at once where there is none
   */
  async giveUpOutdated(incidentId: string): Promise<void> {
    const run = [...this.#runs.values()].find(
      (one) => one.incidentId === incidentId && this.isLive(one.runId) && one.outdated !== undefined,
    );
    if (run === undefined || this.askedIn(run.runId) === undefined) return;
    this.stop(run.runId);
    await run.over;
  }

  /** Stops the run of an incident that goes on in this window. Resolves when it has ended. */
  async stopFor(incidentId: string): Promise<void> {
    for (const run of [...this.#runs.values()]) {
      if (run.incidentId !== incidentId || !this.isLive(run.runId)) continue;
      this.stop(run.runId);
      await run.over;
    }
  }

  /** What a run asks now. */
  askedIn(runId: string): ApprovalRequest | undefined {
    return this.#approvals.of(runId);
  }

  /** Stops a run: what executes is ended, nothing else is started. */
  stop(runId: string): void {
    this.#approvals.stop(runId);
    this.#runs.get(runId)?.controller.abort(new RunStop('person'));
  }

  /** Breaks every run of practice's agent off, because what it is connected to goes away. */
  stopAll(agent: RunningAgent): void {
    for (const run of this.#runs.values()) {
      if (run.agent !== agent || run.ended) continue;
      this.#approvals.stop(run.runId);
      run.controller.abort(new RunStop('practice'));
    }
  }

  /** A run of this window or, once {@link history} was read, of another. */
  view(runId: string): RunView | undefined {
    return this.#runs.get(runId)?.view ?? this.#past.get(runId)?.view;
  }

  /**
   * Reads the source of a piece of a run's evidence again: by the run's own agent, in the run's own context.
   * @throws what {@link RunningAgent.readSource} throws
   */
  readSource(runId: string, source: ClusterSource, signal: AbortSignal): Promise<SourceNow> {
    const agent = this.#runs.get(runId)?.agent ?? this.#past.get(runId)?.agent;
    const context = this.view(runId)?.context;
    if (agent === undefined || context === undefined) {
      throw new OncallError(
        'run-unknown',
        `There is no run ${runId} in this window`,
        'Open the run from the audit log first.',
      );
    }
    return agent.readSource(context, source, signal);
  }

  /** What a run is for, from the first moment on. */
  startOf(runId: string): RunStart | undefined {
    return this.#runs.get(runId)?.start ?? this.#past.get(runId)?.view;
  }

  /** Takes in runs that an earlier window left in the middle of a step: they mark their incidents. */
  recall(views: readonly RunView[]): void {
    const agent = this.#parts.agent();
    for (const view of views) {
      this.#past.set(view.runId, { view, agent });
      this.#changed.fire(view.runId);
    }
  }

  /**
   * What was written down of a run, in order. A run of this window has it at hand.
   * @throws OncallError `journal-*` where the journal cannot be read
   */
  async records(runId: string): Promise<readonly JournalRecord[]> {
    const run = this.#runs.get(runId);
    if (run?.ended === false && run.records.length > 0) return run.records;
    return (run?.agent ?? this.#past.get(runId)?.agent ?? this.#parts.agent()).journal.recordsOf(runId);
  }

  /** What is going on in a run and is kept nowhere else. */
  live(runId: string): LiveText & { readonly analysis: string; readonly usage?: UsageSeen } {
    const run = this.#runs.get(runId);
    return {
      ...(run?.usage === undefined ? {} : { usage: run.usage }),
      ...(run?.outdated === undefined ? {} : { outdated: run.outdated }),
      progress: run?.progress ?? new Map(),
      output: run?.output ?? new Map(),
      analysis: run?.analysis ?? '',
    };
  }

  /** Whether the run goes on in this window. */
  isLive(runId: string): boolean {
    const run = this.#runs.get(runId);
    return run !== undefined && !run.ended;
  }

  /** The runs that go on in this window. */
  liveRuns(): string[] {
    return [...this.#runs.keys()].filter((runId) => this.isLive(runId));
  }

  /** Everything that waits for a person, in the order in which the runs were started. */
  asked(): ApprovalRequest[] {
    return [...this.#runs.keys()].flatMap((runId) => this.askedIn(runId) ?? []);
  }

  /** The latest run of this window for an incident, or else one of an earlier window that was interrupted. */
  latestFor(incidentId: string): string | undefined {
    const own = [...this.#runs.values()].findLast((run) => run.incidentId === incidentId)?.runId;
    if (own !== undefined) return own;
    const latest = [...this.#past.values()]
      .map(({ view }) => view)
      .filter((view) => view.incidentId === incidentId)
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
      .at(-1);
    return latest?.phase === 'interrupted' ? latest.runId : undefined;
  }

  /** Every run there is a record of, the newest first. */
  async history(): Promise<RunView[]> {
    const agent = this.#parts.agent();
    for (const view of await agent.runViews()) this.#past.set(view.runId, { view, agent });
    const ids = new Set([...this.#past.keys(), ...this.#runs.keys()]);
    return [...ids]
      .flatMap((id) => this.view(id) ?? [])
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Breaks every run off, because the window ends. */
  dispose(): void {
    for (const runId of this.liveRuns()) this.#runs.get(runId)?.controller.abort(new RunStop('window'));
    this.#approvals.dispose();
    this.#changed.dispose();
    this.#streamed.dispose();
  }

  #open(start: Omit<LiveRunParts, 'view'>): LiveRun {
    const view = this.view(start.runId);
    const run = new LiveRun({ ...start, ...(view === undefined ? {} : { view }) });
    // Taken out first, so that the latest run comes last.
    this.#runs.delete(run.runId);
    this.#runs.set(run.runId, run);
    return run;
  }

  #close(run: LiveRun): void {
    run.progress.clear();
    run.end();
    this.#approvals.forget(run.runId);
    this.#refresh(run);
  }

  #watching(run: LiveRun): { signal: AbortSignal; approve: Approver; onProgress: (event: RunEvent) => void } {
    return {
      signal: run.controller.signal,
      approve: (request, signal) => this.#approvals.ask(request, signal),
      onProgress: (event) => {
        this.#take(run, event);
      },
    };
  }

  #stepView(request: ApprovalRequest): StepView {
    const known = this.view(request.runId)?.steps.find((step) => step.id === request.step.id);
    return { ...(known ?? { state: 'awaiting-approval' as const }), ...request.step };
  }

  #take(run: LiveRun, event: RunEvent): void {
    const news = run.take(event);
    if (event.type === 'record') this.#approvals.heard(run.runId, event.record);
    if (news === 'view') this.#refresh(run);
    if (news === 'stream') this.#changed.fire(run.runId);
    this.#streamed.fire(event);
  }

  #refresh(run: LiveRun): void {
    const view = this.#parts.view(run.records, run.runId, !run.ended);
    if (view !== undefined) {
      run.view = withFailure(view, run);
      run.outdated = this.#parts.newsOf?.(view);
    }
    this.#changed.fire(run.runId);
  }
}

/** That the journal does not tell why a run ended must not make it look as if nobody knew. */
function withFailure(view: RunView, { ended, failure }: LiveRun): RunView {
  if (!ended || failure === undefined || view.endedAt !== undefined) return view;
  return { ...view, phase: view.phase === 'interrupted' ? view.phase : 'unresolved', message: failure };
}

/** Whether a step of a run can be taken back now. */
export function canUndo(view: RunView, step: StepView): boolean {
  return (
    isOver(view.phase) &&
    step.undo !== undefined &&
    step.undoes === undefined &&
    ['verified', 'done', 'failed', 'interrupted', 'not-seen'].includes(step.state) &&
    step.outcome?.noUndo === undefined &&
    !view.steps.some((other) => other.undoes === step.id && ['verified', 'done'].includes(other.state))
  );
}
