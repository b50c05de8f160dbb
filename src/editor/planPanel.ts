/** The plan panel: shows a run, and turns its buttons into the same commands that CodeLens and the palette use. */
import * as vscode from 'vscode';
import { explain, isOncallError } from '../domain/error.ts';
import type { RunView } from '../domain/run.ts';
import { fromPlan, keptPlan, type FromPlan, type ToPlan } from '../ipc/plan.ts';
import { approveTogether } from './approveTogether.ts';
import type { EvidenceDocuments } from './evidenceDocument.ts';
import { pastOf, planState, type PlanSurroundings, type RunPast } from './planState.ts';
import type { RunDesk } from './runDesk.ts';
import { plain, visibleTexts } from './text.ts';
import { webviewPage, webviewRoots } from './webviewPage.ts';

/** At most ten pictures a second: output may come faster than anybody reads. */
const pictureEvery = 100;
const title = vscode.l10n.t('Remediation Plan');

export class PlanPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  static readonly viewType = 'oncall.plan';
  readonly #extensionUri: vscode.Uri;
  readonly #desk: RunDesk;
  readonly #evidence: EvidenceDocuments;
  readonly #surroundings: PlanSurroundings;
  readonly #subscriptions: vscode.Disposable[] = [];
  #panel: vscode.WebviewPanel | undefined;
  #runId: string | undefined;
  #pending: NodeJS.Timeout | undefined;
  #refusal: { readonly stepId: string; readonly message: string } | undefined;
  /** Read anew whenever the view it belongs to has changed. */
  #past: { readonly of: RunView | undefined; readonly told: RunPast } | undefined;

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
      vscode.window.registerWebviewPanelSerializer(PlanPanel.viewType, this),
    );
  }

  /** Shows a run, in the panel that is there or in a new one beside the editor. */
  show(runId: string, options: { readonly preserveFocus?: boolean } = {}): void {
    this.#turnTo(runId);
    if (this.#panel === undefined) {
      this.#adopt(
        vscode.window.createWebviewPanel(
          PlanPanel.viewType,
          title,
          { viewColumn: vscode.ViewColumn.Beside, preserveFocus: options.preserveFocus ?? false },
          { enableScripts: true, localResourceRoots: webviewRoots(this.#extensionUri) },
        ),
      );
    } else {
      this.#panel.reveal(undefined, options.preserveFocus ?? false);
      void this.#post();
    }
  }

  /** Shows again, after a reload of the window, the run that a panel showed; one of which nothing is known is closed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = keptPlan.safeParse(state);
    if (!kept.success || this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    const { runId } = kept.data;
    // What went on when the window was closed is told by the journal now.
    await this.#desk.history().catch(() => undefined);
    if (this.#desk.view(runId) === undefined) {
      panel.dispose();
      return;
    }
    this.#turnTo(runId);
    panel.webview.options = { enableScripts: true, localResourceRoots: webviewRoots(this.#extensionUri) };
    this.#adopt(panel);
  }

  /** Whether a run is on screen. */
  shows(runId: string): boolean {
    return runId === this.#runId && this.#panel?.visible === true;
  }

  /** The run that it shows while it is the editor in front; undefined while another one is. */
  get inFront(): string | undefined {
    return this.#panel?.active === true ? this.#runId : undefined;
  }

  /** The settings that it shows have changed. */
  refresh(): void {
    if (this.#runId !== undefined) this.#schedule(this.#runId);
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #turnTo(runId: string): void {
    if (runId !== this.#runId) this.#refusal = undefined;
    this.#runId = runId;
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'oncall.svg');
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    panel.webview.html = webviewPage(panel.webview, this.#extensionUri, 'plan', title);
  }

  #schedule(runId: string | null): void {
    if (runId !== this.#runId || this.#panel === undefined || this.#pending !== undefined) return;
    this.#pending = setTimeout(() => {
      this.#pending = undefined;
      void this.#post();
    }, pictureEvery);
  }

  async #post(): Promise<void> {
    const runId = this.#runId;
    if (runId === undefined) return;
    const past = await this.#pastOf(runId);
    // Meanwhile it may show another run.
    if (runId !== this.#runId || this.#panel === undefined) return;
    const state = planState(this.#desk, runId, this.#surroundings, past);
    if (state === undefined) return;
    this.#panel.title = plain(vscode.l10n.t('Plan: {0}', state.run.title), 60);
    const message: ToPlan = {
      type: 'state',
      state: visibleTexts({
        ...state,
        ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
      }),
    };
    void this.#panel.webview.postMessage(message);
  }

  async #pastOf(runId: string): Promise<RunPast> {
    const of = this.#desk.view(runId);
    if (this.#past !== undefined && of !== undefined && this.#past.of === of) return this.#past.told;
    // A journal that cannot be read leaves the rest to be seen.
    const told = await this.#desk.records(runId).then(pastOf, () => pastOf([]));
    this.#past = { of, told };
    return told;
  }

  #receive(message: unknown): void {
    const parsed = fromPlan.safeParse(message);
    if (parsed.success) void this.#handle(parsed.data);
  }

  async #handle(message: FromPlan): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#post();
      case 'approve': {
        const { runId, stepId, argvHash, typedName } = message;
        const answer = {
          type: 'approve',
          argvHash,
          ...(typedName === undefined ? {} : { typedName }),
        } as const;
        return this.#answer(stepId, () => this.#desk.answer(runId, stepId, answer));
      }
      case 'approveTogether': {
        const { runId, steps } = message;
        return this.#answer(steps[0]?.stepId ?? '', () => approveTogether(this.#desk, runId, steps));
      }
      case 'dryRun':
      case 'edit':
      case 'skip':
      case 'copyManifest':
      case 'checkInterrupted':
      case 'undo': {
        const { type, ...step } = message;
        this.#refusal = undefined;
        await vscode.commands.executeCommand(stepCommands[type], step);
        return;
      }
      case 'copy': {
        const step = this.#desk.view(message.runId)?.steps.find((one) => one.id === message.stepId);
        if (step !== undefined) await vscode.env.clipboard.writeText(step.command);
        return;
      }
      case 'openEvidence':
        await this.#evidence.show(message.runId, message.evidenceId, { viewColumn: vscode.ViewColumn.One });
        return;
      case 'resolve':
      case 'remediate':
        await vscode.commands.executeCommand(incidentCommands[message.type], message.incidentId);
        return this.#post();
      case 'stop':
      case 'showDocument':
      case 'showSent':
      case 'report':
        await vscode.commands.executeCommand(runCommands[message.type], message.runId);
        return;
      case 'showAudit':
      case 'switchMode':
      case 'doctor':
        await vscode.commands.executeCommand(commands[message.type]);
        return;
    }
  }

  /** Why an answer was not taken is said where it was given. */
  async #answer(stepId: string, give: () => Promise<void>): Promise<void> {
    this.#refusal = undefined;
    try {
      await give();
    } catch (error) {
      if (!isOncallError(error)) throw error;
      this.#refusal = { stepId, message: explain(error) };
    }
    return this.#post();
  }
}

const stepCommands = {
  dryRun: 'oncall.dryRunStep',
  edit: 'oncall.editStep',
  skip: 'oncall.skipStep',
  copyManifest: 'oncall.copyManifestChange',
  undo: 'oncall.undoStep',
  checkInterrupted: 'oncall.checkInterrupted',
} as const;

const runCommands = {
  stop: 'oncall.stopRun',
  showDocument: 'oncall.showPlanDocument',
  showSent: 'oncall.showWhatWasSent',
  report: 'oncall.exportIncidentReport',
} as const;

const incidentCommands = {
  resolve: 'oncall.resolveIncident',
  remediate: 'oncall.remediateIncident',
} as const;

const commands = {
  showAudit: 'oncall.showAuditLog',
  switchMode: 'oncall.switchMode',
  doctor: 'oncall.doctor',
} as const;
