/** The connection to one PagerDuty account: a client, and a poller that keeps the list current. Loaded once there is a token. */
import { explain, isOncallError } from '../domain/error.ts';
import type { Alert, Incident, IncidentBackground, Named } from '../domain/incident.ts';
import type { RunView } from '../domain/run.ts';
import { within } from '../domain/time-limit.ts';
import { alertFor } from '../pagerduty/alert.ts';
import { backgroundOf } from '../pagerduty/background.ts';
import { PagerDutyClient } from '../pagerduty/client.ts';
import { IncidentPoller, type PollerState } from '../pagerduty/poller.ts';
import { loadDetails } from './incidents/loadDetails.ts';
import type { DetailRow, Section } from './incidents/sections.ts';
import type { Settings } from './settings.ts';
import { WriteBackDesk, type WriteBackParts } from './writeBackDesk.ts';

export class PagerDutyLink {
  readonly #client: PagerDutyClient;
  readonly #poller: IncidentPoller;

  /** @throws OncallError `setting-invalid` where the address is not one that a token may be sent to */
  constructor(
    settings: Settings['pagerduty'],
    token: string,
    told: { readonly state: (state: PollerState) => void; readonly skipped: (message: string) => void },
  ) {
    const client = new PagerDutyClient({
      region: settings.region,
      token,
      ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
      ...(settings.fromEmail === undefined ? {} : { fromEmail: settings.fromEmail }),
      onSkipped: told.skipped,
    });
    // There are two urgencies: with both of them nothing is left out.
    const { assignedToMe, teamIds, serviceIds, urgencies } = settings;
    const filter = { assignedToMe, teamIds, serviceIds, ...(urgencies.length > 1 ? {} : { urgencies }) };
    this.#client = client;
    this.#poller = new IncidentPoller((signal) => client.openIncidents(filter, signal), {
      intervalMs: settings.pollIntervalSeconds * 1000,
      listener: told.state,
      onFault: (error) => told.skipped(`Showing the incidents: ${explain(error)}`),
    });
  }

  /** What tells this account about the runs of an agent. */
  writeBackDesk(parts: WriteBackParts): WriteBackDesk {
    return new WriteBackDesk(this.#client, parts);
  }

  /** See {@link PagerDutyClient.clockAheadMs}. */
  get clockAheadMs(): number | undefined {
    return this.#client.clockAheadMs;
  }

  start(): void {
    this.#poller.start();
  }

  stop(): void {
    this.#poller.stop();
  }

  /** Asks now; never rejects. */
  refresh(): Promise<void> {
    return this.#poller.refresh();
  }

  /**
   * Leaves an acknowledged incident alone for a while.
   * @param seconds 1 to 604,800
   * @throws OncallError `pagerduty-*`, also where it is not acknowledged
   */
  async snooze(incident: Incident, seconds: number): Promise<void> {
    await this.#client.snooze(incident.id, seconds);
    void this.refresh();
  }

  /** Gives an incident to one user. @throws OncallError `pagerduty-*` */
  async reassign(incident: Incident, userId: string): Promise<void> {
    await this.#client.reassign(incident.id, userId);
    void this.refresh();
  }

  /** @throws OncallError `pagerduty-*` */
  async addNote(incident: Incident, content: string): Promise<void> {
    await this.#client.addNote(incident.id, content);
    void this.refresh();
  }

  /** Users of the account whose names hold a text, a hundred at most. @throws OncallError `pagerduty-*` */
  users(name: string, signal: AbortSignal): Promise<{ users: Named[]; more: boolean }> {
    return this.#client.users(name, signal);
  }

  /** The user of the token. @throws OncallError `pagerduty-rejected` for an account key, which belongs to nobody */
  me(): Promise<Named> {
    return this.#client.me();
  }

  /** What a section of an opened incident shows. See {@link loadDetails}. */
  details(
    incident: Incident,
    section: Section,
    runs: () => Promise<readonly RunView[]>,
    signal: AbortSignal,
  ): Promise<readonly DetailRow[]> {
    return loadDetails(this.#client, incident, section, runs, signal);
  }

  /** The e-mail address of the token's user; undefined for an account key, which belongs to nobody. */
  async user(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#client.me(signal)).email;
    } catch (error) {
      if (isOncallError(error) && error.code === 'pagerduty-rejected') return undefined;
      throw error;
    }
  }

  /** When an incident was opened, ISO 8601. @throws OncallError `pagerduty-*` */
  async createdAt(incidentId: string): Promise<string> {
    return (await within(5000, undefined, (signal) => this.#client.incident(incidentId, signal))).createdAt;
  }

  /** The alert that an incident stands for, with what the monitoring tool said. */
  async alertFor(incident: Incident): Promise<Alert> {
    return alertFor(incident, await this.#client.alerts(incident.id));
  }

  /** What PagerDuty knows around an incident. Nothing is asked yet. */
  backgroundOf(incident: Incident): IncidentBackground {
    return backgroundOf(this.#client, incident);
  }
}
