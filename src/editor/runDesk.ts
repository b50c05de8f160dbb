/**
 * Where runs and people meet. Holds the live runs and their views, and is the one who is asked for approvals:
 * CodeLens, palette and webview buttons all answer through {@link RunDesk.answer}, which checks that the answer is for what is asked now.
 */
import type { ClusterSource, SourceNow } from '../diagnosis/reopen.ts';
import type { AnalysisUsage } from '../domain/analysis.ts';
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
import type { InterruptionFinding } from '../remediation/recovery.ts';
import { Emitter } from './emitter.ts';
import type { LiveText } from './planDocument/render.ts';
import { isOver } from './words.ts';

/** What the desk needs of an agent. */
export interface RunningAgent {
  handleAlert(
    alert: Alert,
    options: {
      autoRemediate: boolean;
      signal: AbortSignal;
      approve: Approver;
      onProgress: (event: RunEvent) => void;
      runId: string;
      triggeredBy?: Actor;
      chooseTarget?: TargetChooser;
      background?: IncidentBackground;
    },
  ): Promise<RemediationResult>;
  undo(
    runId: string,
    stepId: string,
    options: { signal: AbortSignal; approve: Approver; onProgress: (event: RunEvent) => void },
  ): Promise<unknown>;
  /** Looks at the cluster for what became of an interrupted step; runs nothing. */
  checkInterrupted(
    runId: string,
    stepId: string,
    options: { signal: AbortSignal },
  ): Promise<InterruptionFinding>;
  runViews(): Promise<readonly RunView[]>;
  /** Reads the source of a piece of evidence again. */
  readSource(context: string, source: ClusterSource, signal: AbortSignal): Promise<SourceNow>;
}

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
}

interface Asking {
  readonly request: ApprovalRequest;
  readonly settle: (answer: ApprovalAnswer) => void;
}

/** What an analysis had used up, and when it was heard, so that its time can go on in between. */
export interface UsageSeen {
  readonly usage: AnalysisUsage;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface LiveRun {
  readonly runId: string;
  readonly incidentId: string;
  readonly title: string;
  /** The agent that made the run: practice and the real cluster have one each. */
  readonly agent: RunningAgent;
  readonly records: JournalRecord[];
  readonly progress: Map<string, string>;
  readonly output: Map<string, string[]>;
  controller: AbortController;
  analysis: string;
  usage?: UsageSeen;
  ended: boolean;
  asking?: Asking;
  view?: RunView;
  failure?: string;
}

/** A run before and beside its view: what can be said of it although no record, or no further record, was written. */
export interface RunStart {
  readonly incidentId: string;
  readonly title: string;
  /** Why it could not go on: what happened and what to do next. */
  readonly failure?: string;
}

/** The most lines of a command's output kept for showing while it runs. */
const outputKept = 500;
const analysisKept = 20_000;

export class RunDesk {
  readonly #parts: RunDeskParts;
  readonly #runs = new Map<string, LiveRun>();
  readonly #past = new Map<string, { readonly view: RunView; readonly agent: RunningAgent }>();
  readonly #changed = new Emitter<string>();
  readonly #streamed = new Emitter<RunEvent>();

  constructor(parts: RunDeskParts) {
    this.#parts = parts;
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

  /**
   * Answers what a run asks now. A forbidden step approved without its name asks for it first; giving up there changes nothing.
   * @throws OncallError `approval-mismatch` where the run, the step or the command is not the one that is asked about
   */
  async answer(runId: string, stepId: string, answer: ApprovalAnswer): Promise<void> {
    const asking = this.#askedNow(runId, stepId, answer);
    const name = asking.request.step.decision.typeToConfirm;
    if (answer.type !== 'approve' || name === undefined) {
      this.#settle(runId, asking, answer);
      return;
    }
    const step = this.#stepView(asking.request);
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

  /** Stops a run: what executes is ended, nothing else is started. */
  stop(runId: string): void {
    const run = this.#runs.get(runId);
    if (run?.asking !== undefined) this.#settle(runId, run.asking, { type: 'stop' });
    run?.controller.abort();
  }

  /** Stops every run of an agent, because what it is connected to goes away. */
  stopAll(agent: RunningAgent): void {
    for (const run of this.#runs.values()) if (run.agent === agent && !run.ended) this.stop(run.runId);
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
    const run = this.#runs.get(runId);
    return run === undefined
      ? undefined
      : {
          incidentId: run.incidentId,
          title: run.title,
          ...(run.failure === undefined ? {} : { failure: run.failure }),
        };
  }

  /** What is going on in a run and is kept nowhere else. */
  live(runId: string): LiveText & { readonly analysis: string; readonly usage?: UsageSeen } {
    const run = this.#runs.get(runId);
    return {
      ...(run?.usage === undefined ? {} : { usage: run.usage }),
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
    return [...this.#runs.values()].flatMap((run) => run.asking?.request ?? []);
  }

  /** The latest run for an incident, where there is one. */
  latestFor(incidentId: string): string | undefined {
    return [...this.#runs.values()].findLast((run) => run.incidentId === incidentId)?.runId;
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

  /** Stops every run. */
  dispose(): void {
    for (const runId of this.liveRuns()) this.stop(runId);
    this.#changed.dispose();
    this.#streamed.dispose();
  }

  #open(start: Pick<LiveRun, 'runId' | 'incidentId' | 'title' | 'agent' | 'records'>): LiveRun {
    const view = this.view(start.runId);
    const run: LiveRun = {
      ...start,
      progress: new Map(),
      output: new Map(),
      controller: new AbortController(),
      analysis: '',
      ended: false,
      ...(view === undefined ? {} : { view }),
    };
    // Taken out first, so that the latest run comes last.
    this.#runs.delete(run.runId);
    this.#runs.set(run.runId, run);
    return run;
  }

  #close(run: LiveRun): void {
    delete run.asking;
    run.progress.clear();
    run.ended = true;
    this.#refresh(run);
  }

  #watching(run: LiveRun): { signal: AbortSignal; approve: Approver; onProgress: (event: RunEvent) => void } {
    return {
      signal: run.controller.signal,
      approve: (request, signal) => this.#ask(run, request, signal),
      onProgress: (event) => {
        this.#take(run, event);
      },
    };
  }

  #ask(run: LiveRun, request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        delete run.asking;
        this.#changed.fire(run.runId);
        reject(
          new OncallError('cancelled', `Run ${run.runId} was stopped`, 'Start it again when you are ready.'),
        );
      };
      if (signal.aborted) {
        withdraw();
        return;
      }
      signal.addEventListener('abort', withdraw, { once: true });
      run.asking = {
        request,
        settle: (answer) => {
          signal.removeEventListener('abort', withdraw);
          resolve(answer);
        },
      };
      this.#changed.fire(run.runId);
    });
  }

  #settle(runId: string, asking: Asking, answer: ApprovalAnswer): void {
    const run = this.#runs.get(runId);
    if (run?.asking === asking) delete run.asking;
    asking.settle(answer);
    this.#changed.fire(runId);
  }

  #askedNow(runId: string, stepId: string, answer: ApprovalAnswer): Asking {
    const asking = this.#runs.get(runId)?.asking;
    const mismatch = (what: string) =>
      new OncallError('approval-mismatch', what, 'Look at the plan as it is now, and decide again.');
    if (asking === undefined) throw mismatch(`Run ${runId} asks for nothing now`);
    if (asking.request.step.id !== stepId) {
      throw mismatch(`Run ${runId} asks about step ${asking.request.step.id}, not ${stepId}`);
    }
    if (answer.type === 'approve' && answer.argvHash !== asking.request.step.argvHash) {
      throw mismatch(`The command of step ${stepId} is no longer the one that was approved`);
    }
    return asking;
  }

  #stepView(request: ApprovalRequest): StepView {
    const known = this.view(request.runId)?.steps.find((step) => step.id === request.step.id);
    return { ...(known ?? { state: 'awaiting-approval' as const }), ...request.step };
  }

  #take(run: LiveRun, event: RunEvent): void {
    switch (event.type) {
      case 'record':
        run.records.push(event.record);
        run.progress.clear();
        this.#forgetOutput(run, event.record);
        this.#refresh(run);
        break;
      case 'analysis':
        run.analysis = (run.analysis + event.text).slice(-analysisKept);
        break;
      case 'usage':
        run.usage = { usage: event.usage, at: Date.now() };
        break;
      case 'progress':
        run.progress.set(event.stepId ?? '', event.message);
        this.#changed.fire(run.runId);
        break;
      case 'output': {
        const lines = run.output.get(event.stepId) ?? [];
        lines.push(event.line);
        run.output.set(event.stepId, lines.slice(-outputKept));
        this.#changed.fire(run.runId);
        break;
      }
    }
    this.#streamed.fire(event);
  }

  /** What was streamed belongs to one command: it goes when the command changes, starts anew, or is kept in a record. */
  #forgetOutput(run: LiveRun, record: JournalRecord): void {
    if (record.type === 'StepReplaced') run.output.delete(record.data.step.id);
    if (record.type === 'DryRunFinished' || record.type === 'ExecutionStarted') {
      run.output.delete(record.data.stepId);
    }
  }

  #refresh(run: LiveRun): void {
    const view = this.#parts.view(run.records, run.runId, !run.ended);
    if (view !== undefined) run.view = view;
    this.#changed.fire(run.runId);
  }
}

/** Whether a step of a run can be taken back now. */
export function canUndo(view: RunView, step: StepView): boolean {
  return (
    isOver(view.phase) &&
    step.undo !== undefined &&
    step.undoes === undefined &&
    ['verified', 'done', 'failed', 'interrupted'].includes(step.state) &&
    !view.steps.some((other) => other.undoes === step.id && ['verified', 'done'].includes(other.state))
  );
}
