/** Keeps the status bar's item true to the session. */
import * as vscode from 'vscode';
import { appearanceOf } from '../domain/context-appearance.ts';
import { effectiveMode } from '../policy/decide.ts';
import { doubtOf } from './incidents/current.ts';
import type { Session } from './session.ts';
import { statusFace } from './statusFace.ts';

const warning = new vscode.ThemeColor('statusBarItem.warningBackground');

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
    const { context, contextAppearance } = settings.kubernetes;
    const mode = effectiveMode(settings.mode, settings.modeByContext, context ?? '');
    const face = statusFace({
      mode,
      ...(mode === settings.mode ? {} : { cappedFrom: settings.mode }),
      ...(context === undefined ? {} : { context }),
      // A rehearsal looks like none of the real clusters.
      appearance:
        practice.kind === 'off' ? appearanceOf(contextAppearance, context ?? '') : { appearance: 'neutral' },
      yolo,
      stopped: agent.isStopped,
      ...(agent.mustLook === undefined ? {} : { mustLook: agent.mustLook }),
      breaker: agent.circuitBreaker(),
      doubt: doubtOf(incidents),
      triggered: incidents.incidents.filter((incident) => incident.status === 'triggered').length,
      practice: practice.kind !== 'off',
    });
    this.#item.text = face.text;
    this.#item.tooltip = face.tooltip;
    this.#item.accessibilityInformation = { label: face.spoken, role: 'button' };
    this.#item.backgroundColor = face.standsOut ? warning : undefined;
  }
}
