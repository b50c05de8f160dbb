/** The status bar's second item: there only while a command is carried out in this window. */
import * as vscode from 'vscode';
import { executingFace, executingSteps } from './executingFace.ts';
import type { RunDesk } from './runDesk.ts';

export class ExecutingItem implements vscode.Disposable {
  readonly #desk: RunDesk;
  readonly #item: vscode.StatusBarItem;
  readonly #changes: vscode.Disposable;
  /** When each step was first seen, in milliseconds, by run and command. */
  #since: ReadonlyMap<string, number> = new Map();
  #clock: NodeJS.Timeout | undefined;
  /** The run that a click leads to. */
  #leadsTo: string | undefined;

  constructor(desk: RunDesk) {
    this.#desk = desk;
    this.#item = vscode.window.createStatusBarItem('oncall.executing', vscode.StatusBarAlignment.Left, 9);
    this.#item.name = vscode.l10n.t('Oncall: What Executes');
    this.#changes = desk.onDidChange(() => {
      this.#draw();
    });
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#changes.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    const views = this.#desk.liveRuns().flatMap((runId) => this.#desk.view(runId) ?? []);
    const now = Date.now();
    const since = new Map<string, number>();
    const steps = executingSteps(views)
      .map((step) => {
        const key = `${step.runId} ${step.command}`;
        since.set(key, this.#since.get(key) ?? now);
        return { step, since: since.get(key) ?? now };
      })
      .sort((a, b) => a.since - b.since);
    this.#since = since;
    const [first] = steps;
    if (first === undefined) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      this.#item.hide();
      return;
    }
    const face = executingFace(first.step, steps.length - 1, Math.floor((now - first.since) / 1000));
    this.#item.text = face.text;
    this.#item.tooltip = face.tooltip;
    this.#item.accessibilityInformation = { label: face.spoken, role: 'button' };
    this.#lead(first.step.runId);
    this.#item.show();
    this.#clock ??= setInterval(() => {
      this.#draw();
    }, 1000);
  }

  /**
   * Only a new run gets a new command: VS Code forgets the one before at once, and a click that is still on its way from the
   * window, as over a slow remote connection, would find nothing to run.
   */
  #lead(runId: string): void {
    if (runId === this.#leadsTo) return;
    this.#leadsTo = runId;
    this.#item.command = {
      title: vscode.l10n.t('Show Plan'),
      command: 'oncall.showPlan',
      arguments: [runId],
    };
  }
}
