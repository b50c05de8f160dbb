/**
 * The library face: `require('oncall-agent/agent')` gives an agent that works without an editor.
 * This module is light; the cluster client, Claude and the engine load on first use.
 */
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry, ExecutionRecord } from './domain/audit.ts';
import type { BreakerEvent, BreakerStatus } from './domain/decision.ts';
import { explain, isOncallError, OncallError } from './domain/error.ts';
import { alertSchema, type Alert, type IncidentBackground } from './domain/incident.ts';
import type { Actor } from './domain/record.ts';
import { RunStop } from './domain/run-stop.ts';
import type { RunbookFile } from './domain/runbook.ts';
import type { Approver, RemediationResult, RunEvent, RunView, TargetChooser } from './domain/run.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Analyst } from './diagnosis/analyst.ts';
import type { ClaudeOptions } from './diagnosis/claude/claude.ts';
import type { ModelChoice } from './diagnosis/claude/models.ts';
import type { ClusterSource, SourceNow } from './diagnosis/reopen.ts';
import { breakerEvent } from './journal/breaker.ts';
import { Follower } from './journal/follow.ts';
import type { History } from './journal/history.ts';
import type { StepInFlight } from './journal/in-flight.ts';
import { Journal } from './journal/journal.ts';
import { StepIndex } from './journal/step-index.ts';
import { breakerStatus } from './policy/breaker.ts';
import { findKubectl } from './remediation/kubectl.ts';
import { breakerSettings, runPolicy, type AgentOptions } from './remediation/options.ts';
import { longestStepSeconds, patienceOf } from './remediation/run-policy.ts';
import type { OwnHolders } from './remediation/own-holders.ts';
import { Turns } from './remediation/turns.ts';
import { clustersNamed, contextFor, doubtAbout, type NamedCluster } from './remediation/place.ts';
import type { InterruptionFinding } from './remediation/recovery.ts';

export { assessCommand } from './kubectl/assess.ts';
export { decide } from './policy/decide.ts';
export { OncallError } from './domain/error.ts';
export type { AuditEntry, ExecutionRecord } from './domain/audit.ts';
export type { Decision, Mode, Situation } from './domain/decision.ts';
export type { Alert, IncidentBackground, TargetCandidate } from './domain/incident.ts';
export type { RiskAssessment, RiskRule } from './domain/risk.ts';
export type {
  ApprovalAnswer,
  ApprovalRequest,
  Approver,
  RemediationResult,
  RunEvent,
  RunView,
  StepView,
  TargetChooser,
  TargetQuestion,
} from './domain/run.ts';
export type { JournalRecord } from './domain/record.ts';
export type { Step } from './domain/plan.ts';
export type { RunbookFile } from './domain/runbook.ts';
export type { AgentOptions } from './remediation/options.ts';
export type { StepInFlight } from './journal/in-flight.ts';
export type { InterruptionFinding } from './remediation/recovery.ts';

/** A cluster that takes longer to say what a step would do is not waited for. */
const previewSeconds = 20;

/** How one run goes, and who is asked and told meanwhile. */
export interface RunOptions {
  /** False: investigate and propose, whatever the mode. True by default; the mode decides. */
  readonly autoRemediate?: boolean;
  readonly signal?: AbortSignal;
  /** Asked for each step whose decision is `ask`; without it the run ends as `awaiting-approval`. */
  readonly approve?: Approver;
  /** Asked where the alert fits several objects; without it the run ends with them as `candidates`. Nothing is done on a guess. */
  readonly chooseTarget?: TargetChooser;
  /** What is known around the incident: changes, other incidents, notes. They become evidence. */
  readonly background?: IncidentBackground;
  readonly onProgress?: (event: RunEvent) => void;
  /** Names the run beforehand, so that a view can be opened for it. */
  readonly runId?: string;
  readonly triggeredBy?: Actor;
}

/** Takes alerts through runs, and answers from the journal what runs have done. One journal, any number of runs at once. */
export class OncallAgent {
  readonly journal: Journal;
  private options: AgentOptions;
  private opened: Promise<void> | undefined;
  /** What the breaker counts: as it was read last, and what this agent has added since. */
  private breakerEvents: readonly BreakerEvent[] = [];
  private readonly steps = new StepIndex();
  private connection: { readonly key: string; readonly cluster: Promise<Cluster> } | undefined;
  private readonly inFlight = { automatic: 0 };
  private readonly turns = new Turns();
  private readonly lockHolders: OwnHolders = { live: new Set(), ended: new Set() };
  private stopped = false;
  private toLookAt: string | undefined;
  private past: History | undefined;
  private readonly listeners = new Set<() => void>();
  private stopFollowing: () => void = () => undefined;
  /** Reads what other windows have written. */
  private readonly others = new Follower(async () => {
    await this.history();
    this.tell();
  });
  /** What goes on, by run id. */
  private readonly live = new Map<string, Promise<unknown>>();
  private readonly stopping = new AbortController();

  constructor(options: AgentOptions = {}) {
    this.options = options;
    const { interlockFile: interlock } = options;
    this.journal = new Journal({
      directory: options.journalDirectory ?? defaultJournalDirectory(),
      ...(interlock === undefined ? {} : { interlock }),
    });
    this.journal.onAppend((record) => {
      this.steps.note(record);
      const event = breakerEvent(record, this.steps);
      if (event !== undefined) this.breakerEvents = [...this.breakerEvents, event];
      if (record.type === 'AutomationStopped' || record.type === 'JournalLost') this.stopped = true;
      if (record.type === 'AutomationResumed') this.stopped = false;
      // What there is to look at is told by the history.
      if (record.type === 'JournalLost') this.others.tell();
      this.tell();
    });
  }

  /**
   * Changes settings from the next decision on, also for runs that are under way. One that began in another mode does not become
   * YOLO mode's.
   * The journal stays where it is.
   */
  configure(options: AgentOptions): void {
    this.options = options;
  }

  /**
   * Checks journal, cluster and kubectl.
   * @throws OncallError that says what is missing and what to do
   */
  async connect(): Promise<void> {
    await this.open();
    await findKubectl(this.options.kubectl, this.environment());
    const cluster = await this.cluster(this.options.context);
    await cluster.check();
  }

  /**
   * Takes an alert through a run: target, evidence, diagnosis, plan and, as far as the mode allows, execution and verification.
   * @throws OncallError `alert-invalid` for malformed input, `journal-unwritable`, or what {@link connect} throws
   */
  async handleAlert(alert: Alert, options: RunOptions = {}): Promise<RemediationResult> {
    const parsed = alertSchema.safeParse(alert);
    if (!parsed.success)
      throw new OncallError(
        'alert-invalid',
        `The alert is malformed: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
        'An alert needs an id and a title; details may be anything.',
      );
    await this.open();
    const { targetHints } = await import('./pagerduty/alert.ts');
    const hints = targetHints(parsed.data);
    const clusters = clustersNamed(hints, this.options.contextByCluster ?? {});
    const run = await this.runContext(options, contextFor(clusters, this.options.context), clusters);
    const engine = await import('./remediation/engine.ts');
    const { claude, note } = await this.analyst(engine.offeredActions);
    const runId = options.runId ?? crypto.randomUUID();
    return this.during(
      runId,
      engine.remediate({
        run,
        runId,
        alert: parsed.data,
        hints,
        triggeredBy: options.triggeredBy ?? { type: 'user', name: this.user() },
        remediate: options.autoRemediate ?? true,
        ...(claude === undefined ? {} : { claude }),
        runbooks: () => this.runbooks(),
        ...(note === undefined ? {} : { analystNote: note }),
        ...(options.chooseTarget === undefined ? {} : { chooseTarget: options.chooseTarget }),
        ...(options.background === undefined ? {} : { background: options.background }),
      }),
    );
  }

  /**
   * Takes an executed step back, as a step of its own that is decided like any other.
   * @throws OncallError `undo-refused` when there is no way back or somebody changed the object since
   */
  async undo(runId: string, stepId: string, options: RunOptions = {}): Promise<RemediationResult> {
    await this.open();
    const run = await this.runContext(options, await this.contextOf(runId));
    const engine = await import('./remediation/engine.ts');
    return this.during(
      runId,
      engine.undo({
        run,
        runId,
        stepId,
        triggeredBy: options.triggeredBy ?? { type: 'user', name: this.user() },
      }),
    );
  }

  /**
   * Looks at the cluster for what became of a step that was interrupted, and keeps the answer in the journal. Runs nothing.
   * @throws OncallError `run-unknown` where the step is not an interrupted one, or what {@link connect} throws
   */
  async checkInterrupted(
    runId: string,
    stepId: string,
    options: Pick<RunOptions, 'signal'> = {},
  ): Promise<InterruptionFinding> {
    await this.open();
    const { checkInterrupted } = await import('./remediation/engine.ts');
    const context = await this.contextOf(runId);
    const cluster = await this.cluster(context);
    const { commandTimeoutSeconds, verification } = runPolicy(this.options, cluster.context);
    return checkInterrupted({
      ...{ journal: this.journal, cluster, runId, stepId, user: this.user(), now: () => new Date() },
      live: new Set(this.live.keys()),
      ...{ commandTimeoutSeconds, verification },
      signal: AbortSignal.any([
        this.stopping.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]),
    });
  }

  /**
   * The runs of this machine that a process left in the middle of a step, newest first, as far as nobody has looked yet at
   * what became of it. One of a process that may still be there counts only once no step can take that long.
   */
  async interruptedRuns(): Promise<RunView[]> {
    await this.open();
    const limit = this.longestStepSeconds;
    const { interruptedRuns } = await import('./journal/views.ts');
    return interruptedRuns(this.journal, limit, new Set(this.live.keys()), new Date());
  }

  /**
   * Reads the source of a piece of evidence again, redacted, in the context of its run.
   * @throws OncallError where it is gone, or what {@link connect} throws
   */
  async readSource(context: string, source: ClusterSource, signal: AbortSignal): Promise<SourceNow> {
    const cluster = await this.cluster(context);
    const { readSource } = await import('./remediation/engine.ts');
    return readSource(cluster, source, signal);
  }

  /** Every executed command, newest first. */
  async executionHistory(): Promise<ExecutionRecord[]> {
    await this.open();
    const { executionHistory } = await import('./journal/views.ts');
    return executionHistory(await this.journal.records());
  }

  /** Every step that was decided, newest first. */
  async auditLog(): Promise<AuditEntry[]> {
    await this.open();
    const { auditEntries } = await import('./journal/views.ts');
    return auditEntries(await this.journal.records(), { liveRuns: new Set(this.live.keys()) });
  }

  /** All runs, newest first; those of a process that ended in the middle are shown as interrupted. */
  async runViews(): Promise<RunView[]> {
    await this.open();
    const { runViews } = await import('./journal/views.ts');
    return runViews(await this.journal.records(), { liveRuns: new Set(this.live.keys()) });
  }

  /** The breaker as of now. Before the journal is open (see {@link connect}) it reads as closed. */
  circuitBreaker(): BreakerStatus {
    return breakerStatus(this.breakerEvents, breakerSettings(this.options), new Date());
  }

  /** Closes the breaker, in the name of the user. */
  async resetBreaker(): Promise<void> {
    await this.open();
    await this.note('BreakerReset', { was: this.circuitBreaker() });
  }

  /** Whether a person has stopped all automatic execution, or has to look at the audit log first. */
  async automationStopped(): Promise<boolean> {
    await this.open();
    return (await this.history()).automationStopped;
  }

  /** The incidents that automation has begun a run for, in whatever window: it takes none of them again. */
  async incidentsTakenAutomatically(): Promise<ReadonlySet<string>> {
    await this.open();
    return new Set((await this.history()).incidentsTaken);
  }

  /** What all windows have done, as far as this one has heard; undefined before the journal is open. See {@link onChange}. */
  get known(): History | undefined {
    return this.past;
  }

  /**
   * What no step takes longer than, from its start to the end of its verification, seconds. One of another window may be waiting
   * for a cluster that is away: for its command, and for its verification.
   */
  get longestStepSeconds(): number {
    const policy = runPolicy(this.options, '');
    return longestStepSeconds(policy) + 2 * patienceOf(policy.verification);
  }

  /** Gives an incident to automation in the name of the user, whoever had it before: YOLO mode takes it, in whatever window it is on. */
  async handOver(incidentId: string): Promise<void> {
    await this.open();
    await this.note('HandedOver', {}, incidentId);
    await this.history();
  }

  /** Whether all automatic execution is stopped, as far as this window has heard. See {@link onChange}. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** What a person has to look at before anything runs by itself again, as far as this window has heard; a sentence. */
  get mustLook(): string | undefined {
    return this.toLookAt;
  }

  /**
   * Calls `listener` after every record, and soon after other windows have written: breaker and stop are shared by all of them.
   * @returns stops it
   */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The automatic steps that are under way, in whatever window. */
  async stepsInFlight(): Promise<StepInFlight[]> {
    await this.open();
    return (await this.history()).stepsInFlight(new Date(), this.longestStepSeconds);
  }

  /**
   * Where runs go: the context that is pinned, then those that alerts may name. Reads the kubeconfig and asks no cluster.
   * @throws OncallError `kubeconfig-missing`, `kubeconfig-invalid`, `context-missing`
   */
  async places(): Promise<{ readonly context: string; readonly server: string }[]> {
    const { context, contextByCluster = {} } = this.options;
    const places = new Map<string, { context: string; server: string }>();
    for (const one of new Set([context, ...Object.values(contextByCluster)])) {
      const { context: name, server } = await this.cluster(one);
      places.set(name, { context: name, server });
    }
    return [...places.values()];
  }

  /**
   * Stops all automatic execution, in every window, until {@link resumeAutomation}; what a person approves still runs.
   * @returns the steps that were under way: they are let finish, and nothing follows them
   * @throws OncallError `journal-unwritable` where the audit log does not have it; automation is stopped all the same
   */
  async stopAutomation(): Promise<StepInFlight[]> {
    try {
      await this.open();
      await this.note('AutomationStopped', {});
    } catch (error) {
      this.stopped = true;
      await this.journal.keepStop(this.user());
      this.tell();
      throw new OncallError(
        'journal-unwritable',
        `Automation is stopped, but the audit log does not say so: ${isOncallError(error) ? error.message : explain(error)}`,
        isOncallError(error) ? error.next : 'Look at the folder of the journal.',
        { cause: error },
      );
    }
    return this.stepsInFlight();
  }

  /**
   * Lets automation go on after {@link stopAutomation}, and after the journal lost files, in every window, in the name of the
   * user.
   * @throws OncallError `journal-unwritable` where it cannot be kept: then nothing goes on
   */
  async resumeAutomation(): Promise<void> {
    await this.open();
    try {
      await this.note('AutomationResumed', {});
    } finally {
      await this.history();
    }
  }

  /** Stops the runs that are under way, lets them write how they ended, and closes the journal. */
  async dispose(): Promise<void> {
    this.stopping.abort(new RunStop('window'));
    this.stopFollowing();
    await Promise.allSettled(this.live.values());
    await this.others.settled();
    await this.journal.close();
  }

  /** Counts a run as live for as long as it goes on. */
  private async during<T>(runId: string, run: Promise<T>): Promise<T> {
    this.live.set(runId, run);
    try {
      return await run;
    } finally {
      this.live.delete(runId);
    }
  }

  /**
   * Opens the journal once and reads what the breaker remembers. Every call that needs the journal does it by itself.
   * @throws OncallError `journal-unwritable`
   */
  open(): Promise<void> {
    this.opened ??= (async () => {
      await this.journal.open();
      this.stopFollowing = this.journal.onOthers(() => this.others.tell());
      await this.journal.archive(this.options.retentionDays ?? 0);
      await this.history();
      const { removeStaleFolders } = await import('./remediation/transports/private-folders.ts');
      await removeStaleFolders();
    })();
    this.opened.catch(() => {
      this.opened = undefined;
    });
    return this.opened;
  }

  /** What decisions depend on, as of now; the breaker learns of other windows with it. */
  private async history(): Promise<History> {
    const history = await this.journal.history();
    this.breakerEvents = [...history.breakerEvents];
    this.stopped = history.automationStopped;
    this.toLookAt = history.mustLook;
    this.past = history;
    return history;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async note(
    type: 'BreakerReset' | 'AutomationStopped' | 'AutomationResumed' | 'HandedOver',
    data: object,
    incidentId: string | null = null,
  ): Promise<void> {
    await this.journal.append({
      runId: null,
      incidentId,
      actor: { type: 'user', name: this.user() },
      type,
      data,
    } as Parameters<Journal['append']>[0]);
  }

  /** The context that a run happened in: what it did is taken back there and nowhere else. */
  private async contextOf(runId: string): Promise<string | undefined> {
    const started = (await this.journal.recordsOf(runId)).find((record) => record.type === 'RunStarted');
    return started?.type === 'RunStarted' ? started.data.context : this.options.context;
  }

  /** @param clusters those that the alert names */
  private async runContext(
    options: RunOptions,
    context: string | undefined,
    clusters: readonly NamedCluster[] = [],
  ) {
    const kubectl = await findKubectl(this.options.kubectl, this.environment());
    const cluster = await this.cluster(context);
    const doubt = doubtAbout(clusters, cluster.context);
    return {
      journal: this.journal,
      cluster,
      kubectl,
      environment: this.environment(),
      policy: () => runPolicy(this.options, cluster.context),
      user: this.user(),
      emit: (event: RunEvent) => watched(options.onProgress, event),
      signal: AbortSignal.any([
        this.stopping.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]),
      now: () => new Date(),
      inFlight: this.inFlight,
      previewSeconds,
      turns: this.turns,
      lockHolders: this.lockHolders,
      ...(options.approve === undefined ? {} : { approve: options.approve }),
      ...(doubt === undefined ? {} : { doubt }),
    };
  }

  /** One connection for one kubeconfig and context; a failed one is tried again next time. */
  private cluster(context: string | undefined): Promise<Cluster> {
    const { kubeconfig } = this.options;
    const key = JSON.stringify([kubeconfig, context]);
    if (this.connection?.key === key) return this.connection.cluster;
    const cluster = import('./cluster/connect.ts').then(({ connectCluster }) =>
      connectCluster({
        env: this.environment(),
        ...(kubeconfig && { kubeconfig }),
        ...(context && { context }),
      }),
    );
    const connection = { key, cluster };
    this.connection = connection;
    cluster.catch(() => {
      if (this.connection === connection) this.connection = undefined;
    });
    return cluster;
  }

  /**
   * The models that the Anthropic account of the settings can use, newest first.
   * @throws OncallError (`claude-failed`, `cancelled`) that says what to do
   */
  async models(signal: AbortSignal): Promise<ModelChoice[]> {
    const { apiKey = '', baseURL } = this.options.analyst ?? {};
    const { listModels } = await import('./diagnosis/claude/claude.ts');
    return listModels({ apiKey, ...(baseURL === undefined ? {} : { baseURL }) }, signal);
  }

  /** Claude where the settings and a key allow it; where people may expect it and it is not there, a note says why. */
  private async analyst(catalogue: ClaudeOptions['catalogue']): Promise<{ claude?: Analyst; note?: string }> {
    const { engine = 'auto', apiKey, ...rest } = this.options.analyst ?? {};
    if (engine === 'builtin') return {};
    if (apiKey === undefined || apiKey === '')
      return {
        note:
          engine === 'claude'
            ? 'Claude is chosen but no Anthropic API key is set: the built-in diagnosis was used'
            : 'No Anthropic API key is set: the built-in diagnosis was used',
      };
    const { createClaudeAnalyst } = await import('./diagnosis/claude/claude.ts');
    return { claude: createClaudeAnalyst({ apiKey, ...rest, catalogue }) };
  }

  /** That runbooks cannot be read ends no run. */
  private async runbooks(): Promise<readonly RunbookFile[]> {
    const { runbooks = [] } = this.options;
    if (typeof runbooks !== 'function') return runbooks;
    try {
      return await runbooks();
    } catch (error) {
      return [{ path: '(all)', problem: explain(error) }];
    }
  }

  private environment(): NodeJS.ProcessEnv {
    return this.options.environment ?? process.env;
  }

  private user(): string {
    return this.options.user ?? userInfo().username;
  }
}

/** Tells whoever watches. What they do with it must not stop or change the run. */
function watched(onProgress: RunOptions['onProgress'], event: RunEvent): void {
  const ignore = (): void => undefined;
  try {
    // A function that gives back a promise is one of `void` for the compiler.
    const told: unknown = onProgress?.(event);
    if (told instanceof Promise) told.catch(ignore);
  } catch {
    ignore();
  }
}

/** The XDG state folder, as people of the command line expect it. */
function defaultJournalDirectory(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'oncall-agent', 'journal');
}
