/**
 * YOLO mode takes new incidents by itself: each once, none that a person has acknowledged, some side by side. Runs on the same
 * target wait for each other where they are made.
 */
import type { Disposable } from 'vscode';
import type { Incident } from '../domain/incident.ts';
import type { Notices } from './notices.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { RunDesk } from './runDesk.ts';
import type { Session } from './session.ts';
import { automationEnded } from './tellings.ts';
import { plain } from './text.ts';

export interface AutomationParts {
  readonly session: Session;
  readonly desk: RunDesk;
  readonly notices: Notices;
  readonly output: Output;
}

/** So many runs go on by themselves at once; those that wait for a person do not count. */
const atOnce = 4;

export class Automation implements Disposable {
  readonly #parts: AutomationParts;
  /** Incidents that this window has taken, whatever came of it. */
  readonly #taken = new Set<string>();
  readonly #started = new Set<string>();
  readonly #running = new Set<string>();
  readonly #subscriptions: Disposable[];
  #looking = false;

  constructor(parts: AutomationParts) {
    this.#parts = parts;
    const look = () => void this.#look();
    this.#subscriptions = [parts.session.onDidPoll(look), parts.session.onDidChange(look)];
    look();
  }

  /** Whether it started a run of this window. */
  hasStarted(runId: string): boolean {
    return this.#started.has(runId);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) this.#take(next);
    } catch (error) {
      await showError(this.#parts.output, 'Automation', error);
    } finally {
      this.#looking = false;
    }
  }

  /** The oldest incident that nobody has taken care of, where automation may. */
  async #next(): Promise<Incident | undefined> {
    const { session, desk } = this.#parts;
    const { incidents, agent } = session;
    if (session.yolo !== 'on' || incidents.kind !== 'ok') return undefined;
    const asking = new Set(desk.asked().map(({ runId }) => runId));
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

  #take(incident: Incident): void {
    const { desk, notices, output } = this.#parts;
    this.#taken.add(incident.id);
    output.info(`YOLO mode takes incident ${incident.id}: ${plain(incident.title, 200)}`);
    const { runId, done } = desk.start(incident, { type: 'system', name: 'oncall-agent' });
    this.#started.add(runId);
    this.#running.add(runId);
    const changes = desk.onDidChange((changed) => {
      if (changed === runId) void this.#look();
    });
    void done
      .then(
        (result) => {
          // Without a result it is a run that somebody else has started, and tells of.
          if (result !== undefined) notices.tell(automationEnded(incident.title, runId, result.status));
        },
        (error: unknown) => showError(output, `Automatic run for incident ${incident.id}`, error),
      )
      .finally(() => {
        changes.dispose();
        this.#running.delete(runId);
        void this.#look();
      });
  }
}
