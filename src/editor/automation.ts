/**
 * YOLO mode takes new incidents by itself: each once, none that a person has acknowledged, some side by side. Runs on the same
 * target wait for each other where they are made.
 */
import * as vscode from 'vscode';
import type { Incident } from '../domain/incident.ts';
import type { LazyRuns } from './lazyRuns.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { exact, notice, plain } from './text.ts';

export interface AutomationParts {
  readonly session: Session;
  readonly runs: LazyRuns;
  readonly output: Output;
}

/** So many runs go on by themselves at once; those that wait for a person do not count. */
const atOnce = 4;

export class Automation implements vscode.Disposable {
  readonly #parts: AutomationParts;
  /** Incidents that this window has taken, whatever came of it. */
  readonly #taken = new Set<string>();
  readonly #running = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];
  #looking = false;

  constructor(parts: AutomationParts) {
    this.#parts = parts;
    const look = () => void this.#look();
    this.#subscriptions = [parts.session.onDidPoll(look), parts.session.onDidChange(look)];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let next = await this.#next(); next !== undefined; next = await this.#next())
        await this.#take(next);
    } catch (error) {
      await showError(this.#parts.output, 'Automation', error);
    } finally {
      this.#looking = false;
    }
  }

  /** The oldest incident that nobody has taken care of, where automation may. */
  async #next(): Promise<Incident | undefined> {
    const { session, runs } = this.#parts;
    const { incidents, agent } = session;
    if (session.yolo !== 'on' || incidents.kind !== 'ok') return undefined;
    const asking = new Set(runs.loaded?.desk.asked().map(({ runId }) => runId));
    if ([...this.#running].filter((runId) => !asking.has(runId)).length >= atOnce) return undefined;
    const waiting = incidents.incidents
      .filter(({ id, status }) => status === 'triggered' && !this.#taken.has(id))
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    if (waiting.length === 0 || (await agent.automationStopped())) return undefined;
    const before = await agent.incidentsTakenAutomatically();
    // While that was read the mode may have changed, or practice begun.
    return session.yolo === 'on' && session.agent === agent
      ? waiting.find(({ id }) => !before.has(id))
      : undefined;
  }

  async #take(incident: Incident): Promise<void> {
    const { runs, output } = this.#parts;
    this.#taken.add(incident.id);
    const { desk } = await runs.load();
    output.info(`YOLO mode takes incident ${incident.id}: ${plain(incident.title, 200)}`);
    const { runId, done } = desk.start(incident, { type: 'system', name: 'oncall-agent' });
    this.#running.add(runId);
    const told = new Set<string>();
    const changes = desk.onDidChange((changed) => {
      if (changed !== runId) return;
      const asked = desk.asked().find((one) => one.runId === runId);
      if (asked !== undefined && !told.has(asked.step.argvHash)) {
        told.add(asked.step.argvHash);
        this.#show(
          `${plain(incident.title, 120)} waits for your approval: ${exact(asked.step.command)}`,
          runId,
          true,
        );
      }
      void this.#look();
    });
    void done
      .then(
        (result) => {
          const status = result?.status ?? 'unresolved';
          this.#show(`${plain(incident.title, 120)}: ${status}, by YOLO mode`, runId, status !== 'resolved');
        },
        (error: unknown) => showError(output, `Automatic run for incident ${incident.id}`, error),
      )
      .finally(() => {
        changes.dispose();
        this.#running.delete(runId);
        void this.#look();
      });
  }

  /** Tells without taking the focus; one button leads to the plan. */
  #show(text: string, runId: string, isWarning: boolean): void {
    const show = 'Show Plan';
    const tell = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    void tell(notice(text), show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('oncall.showPlan', runId);
    });
  }
}
