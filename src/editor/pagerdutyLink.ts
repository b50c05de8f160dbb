/** The connection to one PagerDuty account: a client, and a poller that keeps the list current. Loaded once there is a token. */
import type { Alert, Incident, IncidentBackground } from '../domain/incident.ts';
import { alertFor } from '../pagerduty/alert.ts';
import { backgroundOf } from '../pagerduty/background.ts';
import { PagerDutyClient } from '../pagerduty/client.ts';
import { IncidentPoller, type PollerState } from '../pagerduty/poller.ts';
import type { Settings } from './settings.ts';

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
    });
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

  /** @throws OncallError `pagerduty-*` */
  async acknowledge(incident: Incident): Promise<void> {
    await this.#client.acknowledge(incident.id);
    await this.refresh();
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
