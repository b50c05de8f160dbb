/** Keeps the status bar's item true to the session. */
import * as vscode from 'vscode';
import type { Session } from './session.ts';
import { statusFace } from './statusFace.ts';

export class StatusBar {
  readonly #session: Session;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable[];

  constructor(session: Session) {
    this.#session = session;
    this.#item = vscode.window.createStatusBarItem('oncall.status', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = 'Oncall';
    this.#item.command = 'oncall.showStatus';
    const draw = () => {
      this.#draw();
    };
    // The breaker half-opens by the clock alone.
    const clock = setInterval(draw, 30_000);
    this.#subscriptions = [
      session.onDidChange(draw),
      session.onDidPoll(draw),
      session.onDidAppend(draw),
      { dispose: () => clearInterval(clock) },
      this.#item,
    ];
    draw();
    this.#item.show();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #draw(): void {
    const { settings, agent, incidents, practice, yolo } = this.#session;
    const { context } = settings.kubernetes;
    const face = statusFace({
      mode: settings.mode,
      ...(context === undefined ? {} : { context }),
      yolo,
      stopped: agent.isStopped,
      breaker: agent.circuitBreaker(),
      triggered: incidents.incidents.filter((incident) => incident.status === 'triggered').length,
      practice: practice.kind !== 'off',
    });
    this.#item.text = face.text;
    this.#item.tooltip = face.tooltip;
    this.#item.accessibilityInformation = { label: face.spoken, role: 'button' };
  }
}
