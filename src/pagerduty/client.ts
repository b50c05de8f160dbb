/** PagerDuty's REST API v2, as far as the product needs it: one read and one write at a time, with its limits respected. */
import { isOncallError, OncallError } from '../domain/error.ts';
import type { Incident, Named, Note, Urgency } from '../domain/incident.ts';
import { hasDetails } from './alert.ts';
import { checkedBase } from './access.ts';
import { unreadable } from './failures.ts';
import { readIncident, readNamed, readNote, readPage, readUser, type PagerDutyUser } from './read.ts';
import { Requests, retryDelay, type Lane } from './requests.ts';

export interface PagerDutyOptions {
  /** Where the account lives; `us` by default. */
  readonly region?: 'us' | 'eu';
  /** Takes the place of the region's address: `https:`, or `http:` on loopback. */
  readonly baseUrl?: string;
  /** A REST API key or an OAuth access token. */
  readonly token: string;
  /** Who changes are made as; found out through GET /users/me where it is not given. */
  readonly fromEmail?: string;
  /** Time limit of one attempt, its whole answer included, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  /** Pause before a repetition, in milliseconds; {@link retryDelay} by default. */
  readonly delay?: typeof retryDelay;
  /** Told when items of an answer could not be read and were left out, in one sentence. */
  readonly onSkipped?: (message: string) => void;
}

/** Which open incidents to list. Empty lists and missing fields do not narrow. */
export interface IncidentFilter {
  readonly assignedToMe?: boolean;
  readonly teamIds?: readonly string[];
  readonly serviceIds?: readonly string[];
  readonly urgencies?: readonly Urgency[];
}

const hosts = { us: 'https://api.pagerduty.com', eu: 'https://api.eu.pagerduty.com' } as const;
const PAGE = 100;
/** PagerDuty refuses to page beyond this many items (code 2002). */
const REACH = 10_000;
/** Alerts of one incident that are read: what a person would look through. */
const ALERTS = 300;

export class PagerDutyClient {
  /** Scheme and host of the API: incidents of one address are unknown at another. */
  readonly address: string;
  readonly #requests: Requests;
  readonly #onSkipped: (message: string) => void;
  #fromEmail: string | undefined;
  #me: PagerDutyUser | undefined;

  /** @throws OncallError `setting-invalid` where the base URL is neither https nor loopback */
  constructor(options: PagerDutyOptions) {
    const base = checkedBase(options.baseUrl ?? hosts[options.region ?? 'us']);
    this.address = base.origin;
    this.#requests = new Requests(
      base,
      options.token,
      options.timeoutMs ?? 10_000,
      options.delay ?? retryDelay,
    );
    this.#fromEmail = options.fromEmail;
    this.#onSkipped = options.onSkipped ?? (() => undefined);
  }

  /** How far PagerDuty's clock is ahead of this machine's, milliseconds; undefined before an answer told. */
  get clockAheadMs(): number | undefined {
    return this.#requests.clockAheadMs;
  }

  /**
   * All triggered and acknowledged incidents that match, newest first, at most 10,000.
   * @throws OncallError `pagerduty-*`, `cancelled`
   */
  async openIncidents(filter: IncidentFilter = {}, signal?: AbortSignal): Promise<Incident[]> {
    const query = new URLSearchParams([
      ['statuses[]', 'triggered'],
      ['statuses[]', 'acknowledged'],
      // Without it PagerDuty leaves out what is open for longer than a month.
      ['date_range', 'all'],
      ['sort_by', 'created_at:desc'],
    ]);
    if (filter.assignedToMe === true) query.append('user_ids[]', (await this.me(signal)).id);
    for (const id of filter.teamIds ?? []) query.append('team_ids[]', id);
    for (const id of filter.serviceIds ?? []) query.append('service_ids[]', id);
    for (const urgency of filter.urgencies ?? []) query.append('urgencies[]', urgency);
    const items = await this.#all('/incidents', 'incidents', query, signal);
    // An incident that opens while pages are read pushes others onto the next page: keyed by id, it counts once.
    const incidents = new Map<string, Incident>();
    let skipped = 0;
    for (const item of items) {
      const incident = readIncident(item);
      if (incident === undefined) skipped += 1;
      else if (incident.status !== 'resolved') incidents.set(incident.id, incident);
    }
    if (skipped > 0) {
      this.#onSkipped(
        `${String(skipped)} of ${String(items.length)} incidents from PagerDuty could not be read`,
      );
    }
    return [...incidents.values()];
  }

  /**
   * The alerts of an incident, raw, for `alertFor`. Where none carries details, the incident's first trigger entry and its custom
   * fields are added.
   * @throws OncallError `pagerduty-*`, `cancelled`
   */
  async alerts(incidentId: string, signal?: AbortSignal): Promise<unknown[]> {
    const path = `/incidents/${encodeURIComponent(incidentId)}`;
    const alerts = await this.#all(`${path}/alerts`, 'alerts', new URLSearchParams(), signal, ALERTS);
    if (alerts.some(hasDetails)) return alerts;
    const query = new URLSearchParams({ 'include[]': 'first_trigger_log_entries' });
    const body = await this.#requests.json({ method: 'GET', path, query, signal });
    const incident = (body as { incident?: unknown } | null)?.incident;
    return [...alerts, incident, { custom_fields: await this.#customFields(path, signal) }];
  }

  /** The values of an incident's custom fields; none where they cannot be had, because an alert is an alert without them. */
  async #customFields(path: string, signal?: AbortSignal): Promise<readonly unknown[]> {
    try {
      return await this.some(`${path}/custom_fields/values`, 'custom_fields', new URLSearchParams(), signal);
    } catch (error) {
      if (!isOncallError(error) || error.code === 'cancelled') throw error;
      return [];
    }
  }

  /**
   * The first page of a list that not every account has; empty where this one does not have it.
   * @param query what narrows it, `limit` included
   * @throws OncallError `pagerduty-*`, `cancelled`
   */
  async some(
    path: string,
    name: string,
    query: URLSearchParams,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const body = await this.#requests.json({ method: 'GET', path, query, signal, optional: true });
    if (body === undefined) return [];
    const page = readPage(body, name);
    if (page === undefined) throw unreadable(this.#requests.attempted('GET', path), `without ${name}`);
    return page.items;
  }

  /**
   * One incident as it is now.
   * @param lane `write` where a write waits for it
   * @throws OncallError `pagerduty-*`, `cancelled`; `pagerduty-rejected` where there is none of that id
   */
  async incident(incidentId: string, signal?: AbortSignal, lane?: Lane): Promise<Incident> {
    const path = `/incidents/${encodeURIComponent(incidentId)}`;
    const body = await this.#requests.json({ method: 'GET', path, signal, lane });
    const incident = readIncident((body as { incident?: unknown } | null)?.incident);
    if (incident === undefined)
      throw unreadable(this.#requests.attempted('GET', path), 'without an incident');
    return incident;
  }

  /** Acknowledges; an incident that somebody else acknowledged already is fine. */
  async acknowledge(incidentId: string, signal?: AbortSignal): Promise<void> {
    await this.#setStatus(incidentId, 'acknowledged', 1002, signal);
  }

  /** Resolves; an incident that is resolved already is fine. */
  async resolve(incidentId: string, signal?: AbortSignal): Promise<void> {
    await this.#setStatus(incidentId, 'resolved', 1001, signal);
  }

  /**
   * Acknowledged for a while, then triggered again.
   * @param seconds 1 to 604,800 (a week)
   * @throws OncallError `pagerduty-rejected` where the incident is not acknowledged
   */
  async snooze(incidentId: string, seconds: number, signal?: AbortSignal): Promise<void> {
    await this.#write(
      'POST',
      `/incidents/${encodeURIComponent(incidentId)}/snooze`,
      { duration: seconds },
      signal,
    );
  }

  /** Takes an incident from whom it is assigned to and gives it to one user, whom PagerDuty notifies. */
  async reassign(incidentId: string, userId: string, signal?: AbortSignal): Promise<void> {
    const assignments = [{ assignee: { id: userId, type: 'user_reference' } }];
    const change = { incident: { type: 'incident_reference', assignments } };
    await this.#write('PUT', `/incidents/${encodeURIComponent(incidentId)}`, change, signal);
  }

  /**
   * Users of the account, a hundred at most.
   * @param name a part of their names; empty for anybody
   */
  async users(name: string, signal?: AbortSignal): Promise<{ users: Named[]; more: boolean }> {
    const query = new URLSearchParams({ limit: String(PAGE), ...(name === '' ? {} : { query: name }) });
    const page = readPage(
      await this.#requests.json({ method: 'GET', path: '/users', query, signal }),
      'users',
    );
    if (page === undefined) throw unreadable(this.#requests.attempted('GET', '/users'), 'without users');
    return { users: page.items.flatMap((item) => readNamed(item) ?? []), more: page.more };
  }

  /** @param lane `write` where a write waits for them */
  async notes(incidentId: string, signal?: AbortSignal, lane?: Lane): Promise<Note[]> {
    const path = `/incidents/${encodeURIComponent(incidentId)}/notes`;
    const page = readPage(await this.#requests.json({ method: 'GET', path, signal, lane }), 'notes');
    if (page === undefined) throw unreadable(this.#requests.attempted('GET', path), 'without notes');
    return page.items.flatMap((item) => readNote(item) ?? []);
  }

  /** Adds a note. It is sent again only where the first attempt cannot have reached PagerDuty. */
  async addNote(incidentId: string, content: string, signal?: AbortSignal): Promise<void> {
    await this.#write(
      'POST',
      `/incidents/${encodeURIComponent(incidentId)}/notes`,
      { note: { content } },
      signal,
    );
  }

  /**
   * The user that the token belongs to; asked for once.
   * @param lane `write` where a write waits for it
   * @throws OncallError `pagerduty-rejected` for account keys, which belong to nobody
   */
  async me(signal?: AbortSignal, lane?: Lane): Promise<PagerDutyUser> {
    if (this.#me !== undefined) return this.#me;
    let body: unknown;
    try {
      body = await this.#requests.json({ method: 'GET', path: '/users/me', signal, lane });
    } catch (error) {
      if (!(error instanceof OncallError) || error.code !== 'pagerduty-rejected') throw error;
      throw new OncallError(
        'pagerduty-rejected',
        'The PagerDuty key is an account key, which belongs to no user',
        'Set oncall.pagerduty.fromEmail to the email address of a user and turn oncall.pagerduty.assignedToMe off, or use the API token of a user.',
        { cause: error },
      );
    }
    this.#me = readUser(body);
    if (this.#me === undefined)
      throw unreadable(this.#requests.attempted('GET', '/users/me'), 'without a user');
    return this.#me;
  }

  async #setStatus(id: string, status: string, already: number, signal?: AbortSignal): Promise<void> {
    const change = { incident: { type: 'incident_reference', status } };
    await this.#write('PUT', `/incidents/${encodeURIComponent(id)}`, change, signal, already);
  }

  async #write(
    method: 'PUT' | 'POST',
    path: string,
    body: unknown,
    signal?: AbortSignal,
    already?: number,
  ): Promise<void> {
    this.#fromEmail ??= (await this.me(signal, 'write')).email;
    await this.#requests.json({ method, path, body, signal, from: this.#fromEmail }, already);
  }

  /** @param reach items at most, in whole pages */
  async #all(
    path: string,
    name: string,
    query: URLSearchParams,
    signal?: AbortSignal,
    reach = REACH,
  ): Promise<unknown[]> {
    const items: unknown[] = [];
    for (let offset = 0; offset + PAGE <= reach; offset += PAGE) {
      query.set('limit', String(PAGE));
      query.set('offset', String(offset));
      const page = readPage(await this.#requests.json({ method: 'GET', path, query, signal }), name);
      if (page === undefined) throw unreadable(this.#requests.attempted('GET', path), `without ${name}`);
      items.push(...page.items);
      if (!page.more || page.items.length === 0) break;
    }
    return items;
  }
}
