/** The walkthrough: opening it, and telling VS Code which of its steps are done. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import type { Secrets } from './secrets.ts';
import type { Session } from './session.ts';

/** `publisher.name` of package.json, and the walkthrough's id. A test proves both. */
export const walkthroughId = 'oncall-agent.oncall-agent#start';

/** What completes steps beside commands and settings. Practice marks itself. */
type StepKey = 'oncall.pagerdutyAnswered' | 'oncall.clusterAnswered' | 'oncall.claudeKeySet';

export interface FirstRunParts {
  readonly session: Session;
  readonly secrets: Secrets;
}

export class FirstRun implements vscode.Disposable {
  readonly #parts: FirstRunParts;
  readonly #known = new Map<StepKey, boolean>();
  readonly #subscriptions: readonly { dispose(): void }[];

  constructor(parts: FirstRunParts) {
    this.#parts = parts;
    const { session, secrets } = parts;
    const look = () => void this.#look();
    this.#subscriptions = [session.onDidChange(look), session.onDidPoll(look), secrets.onDidChange(look)];
    look();
  }

  readonly commands = {
    'oncall.getStarted': () => this.#open(),
  } satisfies Partial<Handlers>;

  /** The doctor has had an answer from the cluster of the settings. */
  clusterAnswered(): void {
    if (!this.#practises()) this.#set('oncall.clusterAnswered', true);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** A step is done when its key becomes true before VS Code's eyes: one that was true before the walkthrough is known would not count. */
  async #open(): Promise<void> {
    const given = [...this.#known].filter(([, value]) => value);
    await Promise.all(given.map(([key]) => tell(key, false)));
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId);
    await Promise.all(given.map(([key]) => tell(key, true)));
  }

  async #look(): Promise<void> {
    const { session, secrets } = this.#parts;
    // What the stand-in answers says nothing of the account.
    this.#set('oncall.pagerdutyAnswered', session.incidents.kind === 'ok' && !this.#practises());
    this.#set('oncall.claudeKeySet', (await secrets.get('anthropicKey')) !== undefined);
  }

  #practises(): boolean {
    return this.#parts.session.practice.kind !== 'off';
  }

  #set(key: StepKey, value: boolean): void {
    if (this.#known.get(key) === value) return;
    this.#known.set(key, value);
    void tell(key, value);
  }
}

function tell(key: StepKey, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}
