/** Practice as people see it: choosing a scenario, waiting for it, and being told when it is over. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import { PracticeProcess, scenarioNamed, scenarios, type Scenario } from './practice.ts';
import type { Session } from './session.ts';
import { notice } from './text.ts';

export class Rehearsal {
  readonly #session: Session;
  readonly #stopRuns: () => void;
  readonly #output: Output;
  readonly #process: PracticeProcess;

  /**
   * @param parts `script`: absolute path of the practice bundle; `stopRuns`: ends the runs of the agent that holds now
   */
  constructor(parts: { session: Session; output: Output; script: string; stopRuns: () => void }) {
    this.#session = parts.session;
    this.#stopRuns = parts.stopRuns;
    this.#output = parts.output;
    this.#process = new PracticeProcess({
      script: parts.script,
      log: (message) => parts.output.info(message),
      onFailed: (reason) => void showError(this.#output, 'Practice', new Error(reason)),
      onLost: (reason) => {
        void this.stop();
        void showError(this.#output, 'Practice', new Error(reason));
      },
    });
  }

  readonly commands = {
    'oncall.startPractice': async () => {
      const chosen = await vscode.window.showQuickPick(
        scenarios.map(({ name, label, about }) => ({ label, detail: about, name })),
        { title: 'Start Practice Incident', placeHolder: 'What goes wrong' },
      );
      if (chosen !== undefined) await this.start(chosen.name);
    },
    'oncall.stopPractice': () => this.stop(),
  } satisfies Partial<Handlers>;

  /** Begins with the scenario that the environment names, and shows the incidents. */
  async startNamed(name: string): Promise<void> {
    const scenario = scenarioNamed(name);
    if (scenario === undefined) {
      throw new Error(
        `ONCALL_PRACTICE names no scenario: ${name}. Use one of ${scenarios.map((one) => one.name).join(', ')}.`,
      );
    }
    await Promise.all([vscode.commands.executeCommand('oncall.incidents.focus'), this.start(scenario)]);
  }

  /** Starts practice, or raises one more incident in the practice that runs. */
  async start(scenario: Scenario): Promise<void> {
    if (this.#session.practice.kind === 'on') {
      this.#process.play(scenario);
      await this.#session.refresh();
      return;
    }
    if (this.#session.practice.kind === 'starting') return;
    // Before anything is awaited: from here on a new run cannot reach a real cluster.
    const entered = this.#session.enterPractice(scenario);
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: notice('Starting practice'),
        cancellable: true,
      },
      async (_progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => {
          controller.abort();
        });
        await entered;
        await this.#mark(true);
        try {
          const connection = await this.#process.start(scenario, controller.signal);
          await this.#session.practiceIsReady(connection);
          this.#output.info(`Practice runs: ${scenario}, context ${connection.kubernetes.context}`);
        } catch (error) {
          await this.#leave();
          throw error;
        }
      },
    );
  }

  /** Ends practice and goes back to the real connection. */
  async stop(): Promise<void> {
    this.#process.stop();
    await this.#leave();
  }

  dispose(): void {
    this.#process.stop();
  }

  async #leave(): Promise<void> {
    if (this.#session.practice.kind === 'off') return;
    this.#stopRuns();
    await this.#session.leavePractice();
    await this.#mark(false);
  }

  async #mark(practising: boolean): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'oncall.practising', practising);
  }
}
