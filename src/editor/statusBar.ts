/** One item: what may happen by itself, where, and how much is waiting. */
import * as vscode from 'vscode';
import type { BreakerStatus, Mode } from '../domain/decision.ts';
import type { Session } from './session.ts';
import { plain, withoutIcons } from './text.ts';
import { modeWords } from './words.ts';

/** What the item shows. */
export interface StatusFacts {
  readonly mode: Mode;
  /** Absent where the kubeconfig's own current context is used. */
  readonly context?: string;
  readonly breaker: BreakerStatus;
  readonly triggered: number;
  readonly practice: boolean;
}

/** The item's texts. */
export function statusFace(facts: StatusFacts): { text: string; tooltip: string; spoken: string } {
  const { mode, breaker, triggered } = facts;
  const context = facts.context === undefined ? undefined : plain(facts.context, 60);
  const parts = [
    ...(facts.practice ? ['Practice'] : []),
    modeWords[mode].label,
    ...(context === undefined ? [] : [withoutIcons(context)]),
    ...(breaker.state === 'closed' ? [] : [`$(warning) breaker ${breaker.state}`]),
    ...(triggered === 0 ? [] : [`$(flame) ${triggered}`]),
  ];
  const until =
    breaker.opensUntil === undefined ? '' : ` until ${new Date(breaker.opensUntil).toLocaleTimeString()}`;
  const lines = [
    facts.practice ? 'Oncall: practice, on stand-ins on this machine' : 'Oncall',
    `Mode ${modeWords[mode].label}: ${modeWords[mode].meaning}`,
    `Context: ${context ?? "the kubeconfig's current context"}`,
    `Circuit breaker: ${breaker.state}${until}`,
    `Triggered incidents: ${triggered}`,
  ];
  return {
    text: `$(${facts.practice ? 'beaker' : 'bell'}) ${parts.join(' · ')}`,
    tooltip: lines.join('\n'),
    spoken: lines.join(', '),
  };
}

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
    const { settings, agent, incidents, practice } = this.#session;
    const { context } = settings.kubernetes;
    const face = statusFace({
      mode: settings.mode,
      ...(context === undefined ? {} : { context }),
      breaker: agent.circuitBreaker(),
      triggered: incidents.incidents.filter((incident) => incident.status === 'triggered').length,
      practice: practice.kind !== 'off',
    });
    this.#item.text = face.text;
    this.#item.tooltip = face.tooltip;
    this.#item.accessibilityInformation = { label: face.spoken, role: 'button' };
  }
}
