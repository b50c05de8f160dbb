/**
 * YOLO mode takes new incidents by itself, and those that a person gives it: each once, some side by side. Runs on the same target
 * wait for each other where they are made.
 */
import type { Disposable } from 'vscode';
import type { Incident } from '../domain/incident.ts';
import { NewIncidents } from './newIncidents.ts';
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
  readonly #taken = new Map<string, number>();
  readonly #started = new Set<string>();
  readonly #running = new Set<string>();
  readonly #subscriptions: Disposable[];
  #looking = false;
  #new: NewIncidents | undefined;

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
    const { incidents, agent, yoloScope: scope } = session;
    if (scope === undefined || incidents.kind !== 'ok') return undefined;
    if (this.#new?.scope !== scope) this.#new = new NewIncidents(scope);
    const fresh = this.#new;
    const asking = new Set(desk.asked().map(({ runId }) => runId));
    if ([...this.#running].filter((runId) => !asking.has(runId)).length >= atOnce) return undefined;
    const aheadMs = session.pagerduty?.clockAheadMs;
    const listed = { incidents: incidents.incidents, ...(aheadMs === undefined ? {} : { aheadMs }) };
    const stopped = await agent.automationStopped();
    const before = await agent.incidentsTakenAutomatically();
    const { known } = agent;
    if (known === undefined) return undefined;
    // Looked at in any case: what is listed first may be the measure of what is new.
    const [next] = fresh.of(listed, before, this.#taken, known.incidents);
    // While that was read the mode may have changed, or practice begun.
    return !stopped && session.yoloScope === scope && session.agent === agent ? next : undefined;
  }

  #take(incident: Incident): void {
    const { desk, notices, output } = this.#parts;
    this.#taken.set(incident.id, Date.now());
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
