/** PagerDuty's REST API v2, as far as the product needs it: one request at a time, with its limits respected. */
import { DelegateBackoff, handleWhen, retry, type IRetryBackoffContext } from 'cockatiel';
import { OncallError } from '../domain/error.ts';
import type { Incident, Urgency } from '../domain/incident.ts';
import { authorization, checkedBase, checkedToken } from './access.ts';
import { RateLimited, refused, unanswered, Unreachable, unreadable } from './failures.ts';
import { readIncident, readNote, readPage, readUser, type Note, type PagerDutyUser } from './read.ts';

export interface PagerDutyOptions {
  /** Where the account lives; `us` by default. */
  readonly region?: 'us' | 'eu';
  /** Takes the place of the region's address: `https:`, or `http:` on loopback. */
  readonly baseUrl?: string;
  /** A REST API key or an OAuth access token. */
  readonly token: string;
  /** Who changes are made as; found out through GET /users/me where it is not given. */
  readonly fromEmail?: string;
  /** Time limit of one attempt, in milliseconds; 10,000 by default. */
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
const ATTEMPTS = 3;
/** A longer pause than this is left to the caller, which can tell people about it. */
const LONGEST_WAIT_MS = 10_000;

interface Request {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Milliseconds to wait before attempt `attempt` + 1: as long as PagerDuty asks for where it does,
 * else half a second, doubled each time, and up to as much again by chance so that many windows do not come back together.
 * @param attempt how many attempts were made, from 1
 */
export function retryDelay(attempt: number, error: unknown): number {
  if (error instanceof RateLimited) return error.waitMs;
  const base = 500 * 2 ** (attempt - 1);
  return base + Math.random() * base;
}

export class PagerDutyClient {
  readonly #base: URL;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #delay: typeof retryDelay;
  readonly #onSkipped: (message: string) => void;
  #fromEmail: string | undefined;
  #me: PagerDutyUser | undefined;
  /** Ends when the request before has ended: PagerDuty wants the requests of one token one after another. */
  #turn: Promise<void> = Promise.resolve();

  /** @throws OncallError `setting-invalid` where the base URL is neither https nor loopback */
  constructor(options: PagerDutyOptions) {
    this.#base = checkedBase(options.baseUrl ?? hosts[options.region ?? 'us']);
    this.#token = options.token;
    this.#fromEmail = options.fromEmail;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#delay = options.delay ?? retryDelay;
    this.#onSkipped = options.onSkipped ?? (() => undefined);
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
   * The alerts of an incident, raw, for `alertFor`. Where none carries details, the incident's first trigger entry is added.
   * @throws OncallError `pagerduty-*`, `cancelled`
   */
  async alerts(incidentId: string, signal?: AbortSignal): Promise<unknown[]> {
    const path = `/incidents/${encodeURIComponent(incidentId)}`;
    const alerts = await this.#all(`${path}/alerts`, 'alerts', new URLSearchParams(), signal);
    if (alerts.some(hasDetails)) return alerts;
    const query = new URLSearchParams({ 'include[]': 'first_trigger_log_entries' });
    const body = await this.#request({ method: 'GET', path, query, signal });
    return [...alerts, (body as { incident?: unknown } | null)?.incident];
  }

  /** Acknowledges; an incident that somebody else acknowledged already is fine. */
  async acknowledge(incidentId: string, signal?: AbortSignal): Promise<void> {
    await this.#setStatus(incidentId, 'acknowledged', 1002, signal);
  }

  /** Resolves; an incident that is resolved already is fine. */
  async resolve(incidentId: string, signal?: AbortSignal): Promise<void> {
    await this.#setStatus(incidentId, 'resolved', 1001, signal);
  }

  async notes(incidentId: string, signal?: AbortSignal): Promise<Note[]> {
    const path = `/incidents/${encodeURIComponent(incidentId)}/notes`;
    const page = readPage(await this.#request({ method: 'GET', path, signal }), 'notes');
    if (page === undefined) throw unreadable(this.#attempted('GET', path), 'without notes');
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
   * @throws OncallError `pagerduty-rejected` for account keys, which belong to nobody
   */
  async me(signal?: AbortSignal): Promise<PagerDutyUser> {
    if (this.#me !== undefined) return this.#me;
    let body: unknown;
    try {
      body = await this.#request({ method: 'GET', path: '/users/me', signal });
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
    if (this.#me === undefined) throw unreadable(this.#attempted('GET', '/users/me'), 'without a user');
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
    this.#fromEmail ??= (await this.me(signal)).email;
    await this.#request({ method, path, body, signal }, already);
  }

  async #all(path: string, name: string, query: URLSearchParams, signal?: AbortSignal): Promise<unknown[]> {
    const items: unknown[] = [];
    for (let offset = 0; offset + PAGE <= REACH; offset += PAGE) {
      query.set('limit', String(PAGE));
      query.set('offset', String(offset));
      const page = readPage(await this.#request({ method: 'GET', path, query, signal }), name);
      if (page === undefined) throw unreadable(this.#attempted('GET', path), `without ${name}`);
      items.push(...page.items);
      if (!page.more || page.items.length === 0) break;
    }
    return items;
  }

  /**
   * Sends a request, and again where that is safe and sensible.
   * @param already the error code that means that the wish was fulfilled before
   */
  async #request(request: Request, already?: number): Promise<unknown> {
    const token = checkedToken(this.#token);
    const repeatable = request.method !== 'POST';
    const policy = retry(
      handleWhen(
        (error) =>
          (error instanceof RateLimited && error.waitMs <= LONGEST_WAIT_MS) ||
          (error instanceof Unreachable && (repeatable || error.neverArrived)),
      ),
      {
        maxAttempts: ATTEMPTS - 1,
        backoff: new DelegateBackoff((context: IRetryBackoffContext<unknown>) =>
          this.#delay(context.attempt, 'error' in context.result ? context.result.error : undefined),
        ),
      },
    );
    try {
      return await policy.execute(
        () => this.#inTurn(() => this.#send(request, token, already), request.signal),
        request.signal,
      );
    } catch (error) {
      if (request.signal?.aborted === true) throw cancelled(request);
      throw error;
    }
  }

  async #inTurn<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#turn = before.then(() => promise);
    try {
      await before;
      signal?.throwIfAborted();
      return await job();
    } finally {
      resolve(undefined);
    }
  }

  async #send(request: Request, token: string, already?: number): Promise<unknown> {
    const attempted = this.#attempted(request.method, request.path);
    const url = new URL(this.#base);
    url.pathname = url.pathname.replace(/\/$/, '') + request.path;
    url.search = request.query?.toString() ?? '';
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: request.method,
        // A redirect would carry the token to a place that no setting names.
        redirect: 'error',
        headers: {
          accept: 'application/vnd.pagerduty+json;version=2',
          authorization: authorization(token),
          'content-type': 'application/json',
          ...(request.method === 'GET' || this.#fromEmail === undefined ? {} : { from: this.#fromEmail }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]),
      });
      text = await response.text();
    } catch (error) {
      if (request.signal?.aborted === true) throw cancelled(request);
      throw unanswered(attempted, error, timeout.aborted ? this.#timeoutMs : undefined);
    }
    const body = parse(text);
    if (!response.ok) {
      const error = (body as { error?: { code?: unknown } } | null | undefined)?.error;
      if (already !== undefined && error?.code === already) return undefined;
      throw refused(attempted, response.status, response.headers.get('ratelimit-reset'), body);
    }
    if (body === undefined) throw unreadable(attempted, 'without JSON');
    return body;
  }

  #attempted(method: string, path: string): { method: string; path: string; host: string } {
    return { method, path, host: this.#base.host };
  }
}

function cancelled(request: Request): OncallError {
  return new OncallError(
    'cancelled',
    `PagerDuty: ${request.method} ${request.path} was cancelled`,
    'Start it again when you need it.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a raw alert's body says more than its title does. */
function hasDetails(alert: unknown): boolean {
  const body = (alert as { body?: { details?: unknown; cef_details?: unknown } } | null)?.body;
  return (body?.details ?? body?.cef_details ?? null) !== null;
}
