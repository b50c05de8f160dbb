/** YOLO mode takes new incidents by itself: one at a time, each once, none that a person has acknowledged. */
import * as vscode from 'vscode';
import type { Incident } from '../domain/incident.ts';
import { effectiveMode } from '../policy/decide.ts';
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

export class Automation implements vscode.Disposable {
  readonly #parts: AutomationParts;
  /** Incidents that this window has taken, whatever came of it. */
  readonly #taken = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];
  #looking = false;
  /** The run that goes on by itself; one that waits for a person keeps nobody from the next incident. */
  #busyWith: string | undefined;

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
      const incident = await this.#next();
      if (incident !== undefined) await this.#take(incident);
    } catch (error) {
      await showError(this.#parts.output, 'Automation', error);
    } finally {
      this.#looking = false;
    }
  }

  /** The oldest incident that nobody has taken care of, where automation may. */
  async #next(): Promise<Incident | undefined> {
    const { session, runs } = this.#parts;
    const { settings, incidents, agent } = session;
    const mode = effectiveMode(settings.mode, settings.modeByContext, settings.kubernetes.context ?? '');
    if (mode !== 'yolo' || incidents.kind !== 'ok') return undefined;
    const asking = new Set(runs.loaded?.desk.asked().map(({ runId }) => runId));
    if (this.#busyWith !== undefined && !asking.has(this.#busyWith)) return undefined;
    const waiting = incidents.incidents
      .filter(({ id, status }) => status === 'triggered' && !this.#taken.has(id))
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    if (waiting.length === 0 || (await agent.automationStopped())) return undefined;
    const before = await agent.incidentsTakenAutomatically();
    return waiting.find(({ id }) => !before.has(id));
  }

  async #take(incident: Incident): Promise<void> {
    const { runs, output } = this.#parts;
    this.#taken.add(incident.id);
    const { desk } = await runs.load();
    output.info(`YOLO mode takes incident ${incident.id}: ${plain(incident.title, 200)}`);
    const { runId, done } = desk.start(incident, { type: 'system', name: 'oncall-agent' });
    this.#busyWith = runId;
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
        if (this.#busyWith === runId) this.#busyWith = undefined;
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
