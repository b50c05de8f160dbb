/**
 * A practice PagerDuty on loopback: stateful, and speaking the protocol of REST API v2 and Events API v2
 * (https://developer.pagerduty.com/docs), so that nothing can tell it from the real one but its address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { enqueue, enqueueChange } from './events.ts';
import { incidentPage } from './page.ts';
import { answer, type Call } from './rest.ts';
import { Store, type Service, type StoredIncident } from './store.ts';
import { refusal, type Answer } from './wire.ts';

export interface PracticeOptions {
  /** A free one by default. */
  readonly port?: number;
  /** The API key of a user. */
  readonly token?: string;
  /** Requests a minute and token; PagerDuty's own 960 by default. */
  readonly rateLimit?: number;
}

/** What goes wrong on purpose, for the next `times` requests that match. */
export interface Fault {
  /** Answer with this status … */
  readonly status?: number;
  /** … and this body: text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answer. */
  readonly hang?: boolean;
  /** Close the connection: before anything is done, or after it is done but before the answer. */
  readonly drop?: 'before' | 'after';
  /** 1 by default. */
  readonly times?: number;
  /** Only requests of this method. */
  readonly method?: string;
  /** Only requests whose path ends so. */
  readonly path?: string;
}

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** An alert to raise without going through HTTP. */
export interface Raise {
  /** Title of the alert, 1024 characters at most. */
  readonly summary: string;
  readonly severity?: 'critical' | 'error' | 'warning' | 'info';
  readonly details?: unknown;
  /** Name of the service; it is made where there is none yet. */
  readonly service?: string;
  readonly dedupKey?: string;
  /** ISO 8601; now by default. */
  readonly createdAt?: string;
}

export interface PracticePagerDuty {
  /** Address of the REST API. */
  readonly baseUrl: string;
  /** Address for events, without the path `/v2/enqueue`. */
  readonly eventsUrl: string;
  /** The API key of Robin, a user. */
  readonly token: string;
  /** Robin's OAuth token; taken only as `Bearer`. */
  readonly oauthToken: string;
  /** A key that belongs to no user. */
  readonly accountToken: string;
  readonly readOnlyToken: string;
  /** Routing key of the first service. */
  readonly routingKey: string;
  /** Every request so far. */
  readonly requests: readonly Received[];
  readonly store: Store;
  raise(alert: Raise): StoredIncident;
  service(name: string): Service;
  fail(fault: Fault): void;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

const DEFAULT_SERVICE = 'Shop';
const MINUTE_MS = 60_000;

/** Starts a practice PagerDuty on 127.0.0.1. */
export async function startPagerDuty(options: PracticeOptions = {}): Promise<PracticePagerDuty> {
  const store = new Store();
  const requests: Received[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const token = options.token ?? 'practice-user-key';
  const oauthToken = `pdus+_practice_${token}`;
  const accountToken = `${token}-account`;
  const readOnlyToken = `${token}-read-only`;
  const access = new Map<string, Call['access']>([
    [`Token token=${token}`, 'user'],
    [`Bearer ${oauthToken}`, 'user'],
    [`Token token=${accountToken}`, 'account'],
    [`Token token=${readOnlyToken}`, 'read-only'],
  ]);
  const meter = new RateMeter(options.rateLimit ?? 960);
  let baseUrl = '';

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const method = request.method ?? 'GET';
    const text = await readText(request);
    const body = parse(text);
    requests.push({ method, path: url.pathname, query: url.searchParams, headers: request.headers, body });

    const webPage = /^\/web\/incidents\/([^/]+)$/.exec(url.pathname);
    if (webPage !== null) {
      const incident = store.find(webPage[1] ?? '');
      response.writeHead(incident === undefined ? 404 : 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      });
      response.end(incident === undefined ? 'No such incident.' : incidentPage(incident));
      return;
    }

    const fault = takeFault(faults, method, url.pathname);
    if (fault?.hang === true) return;
    if (fault?.drop === 'before') {
      request.socket.destroy();
      return;
    }
    if (fault?.status !== undefined) {
      const raw = typeof fault.body === 'string';
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(raw ? fault.body : JSON.stringify(fault.body ?? {}));
      return;
    }

    const authorization = request.headers.authorization ?? '';
    const rate = meter.count(authorization);
    const reply = rate.exceeded
      ? refusal(429, 2020, 'Rate Limit Exceeded')
      : route(method, url, request.headers, text, body);
    if (fault?.drop === 'after') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, {
      'content-type': 'application/json;charset=utf-8',
      'x-request-id': randomUUID(),
      ...rate.headers,
    });
    response.end(JSON.stringify(reply.body));
  };

  const route = (
    method: string,
    url: URL,
    headers: IncomingMessage['headers'],
    text: string,
    body: unknown,
  ): Answer => {
    if (text !== '' && body === undefined) return refusal(400, 2001, 'Invalid Input Provided', ['not JSON']);
    if (url.pathname === '/v2/enqueue' && method === 'POST') return enqueue(store, body);
    if (url.pathname === '/v2/change/enqueue' && method === 'POST') return enqueueChange(store, body);
    const allowed = access.get(headers.authorization ?? '');
    if (allowed === undefined) return refusal(401, 2006, 'Authentication failed');
    if (headers.accept !== 'application/vnd.pagerduty+json;version=2') {
      return refusal(406, 2001, 'Not Acceptable', ['Accept must name version 2']);
    }
    if (!(headers['content-type'] ?? '').startsWith('application/json')) {
      return refusal(415, 2001, 'Unsupported Media Type', ['Content-Type must be application/json']);
    }
    return answer(store, {
      method,
      path: url.pathname,
      query: url.searchParams,
      body,
      access: allowed,
      ...(typeof headers.from === 'string' ? { from: headers.from } : {}),
      site: baseUrl,
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  return {
    baseUrl,
    eventsUrl: baseUrl,
    token,
    oauthToken,
    accountToken,
    readOnlyToken,
    routingKey: store.service(DEFAULT_SERVICE).routingKey,
    requests,
    store,
    service: (name) => store.service(name),
    raise(alert) {
      const incident = store.receive(
        store.service(alert.service ?? DEFAULT_SERVICE),
        {
          action: 'trigger',
          dedupKey: alert.dedupKey ?? randomUUID(),
          summary: alert.summary.slice(0, 1024),
          severity: alert.severity ?? 'critical',
          details: alert.details ?? {},
        },
        alert.createdAt,
      );
      if (incident === undefined) throw new Error('A trigger opens or updates an incident.');
      return incident;
    },
    fail(fault) {
      faults.push({ fault, left: fault.times ?? 1 });
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Counts the requests of each token in windows of one minute. */
class RateMeter {
  readonly #limit: number;
  readonly #windows = new Map<string, { startedAt: number; count: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  count(token: string): { exceeded: boolean; headers: Record<string, string> } {
    const now = Date.now();
    let window = this.#windows.get(token);
    if (window === undefined || now - window.startedAt >= MINUTE_MS) {
      window = { startedAt: now, count: 0 };
      this.#windows.set(token, window);
    }
    window.count += 1;
    return {
      exceeded: window.count > this.#limit,
      headers: {
        'ratelimit-limit': String(this.#limit),
        'ratelimit-remaining': String(Math.max(0, this.#limit - window.count)),
        'ratelimit-reset': String(Math.ceil((window.startedAt + MINUTE_MS - now) / 1000)),
      },
    };
  }
}

function takeFault(
  faults: { fault: Fault; left: number }[],
  method: string,
  path: string,
): Fault | undefined {
  const next = faults.find(
    ({ fault }) => (fault.method === undefined || fault.method === method) && path.endsWith(fault.path ?? ''),
  );
  if (next === undefined) return undefined;
  next.left -= 1;
  if (next.left === 0) faults.splice(faults.indexOf(next), 1);
  return next.fault;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
