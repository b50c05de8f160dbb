/** The plan panel: shows a run, and turns its buttons into the same commands that CodeLens and the palette use. */
import * as vscode from 'vscode';
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import type { RunStatus, RunView } from '../domain/run.ts';
import { fromPlan, type FromPlan, type PlanState, type ToPlan } from '../ipc/plan.ts';
import type { EvidenceDocuments } from './evidenceDocument.ts';
import type { RunDesk } from './runDesk.ts';
import { plain, visibleTexts } from './text.ts';
import { webviewPage, webviewRoots } from './webviewPage.ts';

/** What the panel shows besides the run. */
export interface PlanSurroundings {
  readonly breaker: () => BreakerStatus;
  readonly mode: () => Mode;
  /** Whether a run is a rehearsal. */
  readonly practice: (runId: string) => boolean;
  /** Whether PagerDuty lists an incident as open. */
  readonly incidentIsOpen: (incidentId: string) => boolean;
}

/** At most ten pictures a second: output may come faster than anybody reads. */
const pictureEvery = 100;

export class PlanPanel implements vscode.Disposable {
  static readonly viewType = 'oncall.plan';
  readonly #extensionUri: vscode.Uri;
  readonly #desk: RunDesk;
  readonly #evidence: EvidenceDocuments;
  readonly #surroundings: PlanSurroundings;
  readonly #subscriptions: vscode.Disposable[] = [];
  #panel: vscode.WebviewPanel | undefined;
  #runId: string | undefined;
  #pending: NodeJS.Timeout | undefined;

  constructor(
    extensionUri: vscode.Uri,
    desk: RunDesk,
    evidence: EvidenceDocuments,
    surroundings: PlanSurroundings,
  ) {
    this.#extensionUri = extensionUri;
    this.#desk = desk;
    this.#evidence = evidence;
    this.#surroundings = surroundings;
    this.#subscriptions.push(
      desk.onDidChange((runId) => this.#schedule(runId)),
      desk.onDidStream((event) => this.#schedule(event.type === 'record' ? event.record.runId : event.runId)),
    );
  }

  /** Shows a run, in the panel that is there or in a new one beside the editor. */
  show(runId: string, options: { readonly preserveFocus?: boolean } = {}): void {
    this.#runId = runId;
    if (this.#panel === undefined) {
      this.#panel = vscode.window.createWebviewPanel(
        PlanPanel.viewType,
        'Remediation Plan',
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: options.preserveFocus ?? false },
        { enableScripts: true, localResourceRoots: webviewRoots(this.#extensionUri) },
      );
      this.#panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'oncall.svg');
      this.#panel.onDidDispose(() => {
        this.#panel = undefined;
      });
      this.#panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
      this.#panel.webview.html = webviewPage(
        this.#panel.webview,
        this.#extensionUri,
        'plan',
        'Remediation Plan',
      );
    } else {
      this.#panel.reveal(undefined, options.preserveFocus ?? false);
      this.#post();
    }
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #schedule(runId: string | null): void {
    if (runId !== this.#runId || this.#panel === undefined || this.#pending !== undefined) return;
    this.#pending = setTimeout(() => {
      this.#pending = undefined;
      this.#post();
    }, pictureEvery);
  }

  #post(): void {
    const state = this.#state();
    if (state === undefined || this.#panel === undefined) return;
    this.#panel.title = plain(`Plan: ${state.run.title}`, 60);
    const message: ToPlan = { type: 'state', state: visibleTexts(state) };
    void this.#panel.webview.postMessage(message);
  }

  #state(): PlanState | undefined {
    const runId = this.#runId;
    if (runId === undefined) return undefined;
    const run = this.#desk.view(runId) ?? this.#beginning(runId);
    if (run === undefined) return undefined;
    const live = this.#desk.live(runId);
    return {
      run,
      stream: {
        analysis: live.analysis,
        ...(live.usage === undefined ? {} : { usage: live.usage }),
        message: live.progress.get('') ?? '',
        steps: Object.fromEntries(
          run.steps.map((step) => [
            step.id,
            {
              message: live.progress.get(step.id) ?? '',
              output: (live.output.get(step.id) ?? []).join('\n'),
            },
          ]),
        ),
      },
      live: this.#desk.isLive(runId),
      breaker: this.#surroundings.breaker(),
      practice: this.#surroundings.practice(runId),
      incidentIsOpen: this.#surroundings.incidentIsOpen(run.incidentId),
    };
  }

  /** A run that has no record yet, or never got one because it could not start. */
  #beginning(runId: string): RunView | undefined {
    const start = this.#desk.startOf(runId);
    if (start === undefined) return undefined;
    const failed: RunStatus = 'unresolved';
    return {
      runId,
      incidentId: start.incidentId,
      title: start.title,
      mode: this.#surroundings.mode(),
      context: 'not connected yet',
      phase: start.failure === undefined ? 'detected' : failed,
      startedAt: new Date().toISOString(),
      steps: [],
      ...(start.failure === undefined ? {} : { message: start.failure }),
    };
  }

  #receive(message: unknown): void {
    const parsed = fromPlan.safeParse(message);
    if (parsed.success) void this.#handle(parsed.data);
  }

  async #handle(message: FromPlan): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#post();
      case 'approve':
      case 'dryRun':
      case 'edit':
      case 'skip':
      case 'copyManifest':
      case 'checkInterrupted':
      case 'undo': {
        const { type, ...step } = message;
        await vscode.commands.executeCommand(stepCommands[type], step);
        return;
      }
      case 'stop':
        await vscode.commands.executeCommand('oncall.stopRun', message.runId);
        return;
      case 'copy': {
        const step = this.#desk.view(message.runId)?.steps.find((one) => one.id === message.stepId);
        if (step !== undefined) await vscode.env.clipboard.writeText(step.command);
        return;
      }
      case 'openEvidence':
        await this.#evidence.show(message.runId, message.evidenceId, { viewColumn: vscode.ViewColumn.One });
        return;
      case 'showDocument':
        await vscode.commands.executeCommand('oncall.showPlanDocument', message.runId);
        return;
      case 'showSent':
        await vscode.commands.executeCommand('oncall.showWhatWasSent', message.runId);
        return;
      case 'report':
        await vscode.commands.executeCommand('oncall.exportIncidentReport', message.runId);
        return;
      case 'resolve':
        await vscode.commands.executeCommand('oncall.resolveIncident', message.incidentId);
        return this.#post();
      case 'showAudit':
        await vscode.commands.executeCommand('oncall.showAuditLog');
        return;
      case 'switchMode':
        await vscode.commands.executeCommand('oncall.switchMode');
        return;
    }
  }
}

const stepCommands = {
  approve: 'oncall.approveStep',
  dryRun: 'oncall.dryRunStep',
  edit: 'oncall.editStep',
  skip: 'oncall.skipStep',
  copyManifest: 'oncall.copyManifestChange',
  undo: 'oncall.undoStep',
  checkInterrupted: 'oncall.checkInterrupted',
} as const;
