/** Requests to an API server, and what its refusals say. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { IncomingMessage } from 'node:http';

/** How to reach an API server. */
export interface Connection {
  /** `https://host:port`; `http://…` only for a proxy on this machine. */
  readonly server: string;
  /** The proxy's socket, where it listens on no port. */
  readonly socketPath?: string;
  /** PEM. */
  readonly ca?: string;
  readonly token?: string;
  /** PEM, both or neither. */
  readonly certificate?: string;
  readonly key?: string;
}

/** An answer of the API server that is no success. */
export class KubeError extends Error {
  readonly status: number;
  /** The reason of the Status object: `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, … */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
  }
}

/** Named on purpose: one old API server crashes on the user agents of curl and wget. */
const userAgent = 'oncall-practice/1.0';

export interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly query?: Record<string, string | undefined>;
  readonly signal?: AbortSignal;
}

export class Transport {
  readonly #connection: Connection;
  readonly #scheme: typeof https | typeof http;
  readonly #agent: http.Agent;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#scheme = new URL(connection.server).protocol === 'http:' ? http : https;
    this.#agent = new this.#scheme.Agent({
      keepAlive: true,
      ca: connection.ca,
      cert: connection.certificate,
      key: connection.key,
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @throws KubeError where the answer is no success */
  async json<R>(method: string, path: string, options: RequestOptions): Promise<R> {
    const response = await this.request(method, path, options);
    return JSON.parse(await text(response)) as R;
  }

  /**
   * The answer with its body still to be read.
   * @throws KubeError where it is no success
   */
  async request(method: string, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const { server, socketPath, token } = this.#connection;
    const url = new URL(path, server);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) {
      headers['content-type'] = options.contentType ?? 'application/json';
      // A DELETE whose body has no length is taken for one without a body, and its grace period is lost.
      headers['content-length'] = String(body.length);
    }
    const { signal } = options;
    signal?.throwIfAborted();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = this.#scheme.request(
        url,
        { method, agent: this.#agent, headers, ...(socketPath === undefined ? {} : { socketPath }) },
        resolve,
      );
      // Not left to the request's own `signal` option: that would bind the pooled socket to this signal for good.
      const abort = (): void => {
        request.destroy();
      };
      signal?.addEventListener('abort', abort, { once: true });
      request.on('close', () => signal?.removeEventListener('abort', abort));
      request.on('error', (error) => {
        reject(signal?.aborted ? new Error(`${method} ${url.pathname} was given up`) : error);
      });
      request.end(body);
    });
    // Whoever reads the body hears of a failure there; between two reads nobody listens, and it would end the process.
    response.on('error', () => undefined);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw errorFrom(status, `${method} ${url.pathname}`, await text(response));
  }
}

async function text(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function errorFrom(status: number, what: string, body: string): KubeError {
  try {
    const { reason, message } = JSON.parse(body) as { reason?: string; message?: string };
    return new KubeError(status, reason ?? '', message ?? `${what} answered ${String(status)}`);
  } catch {
    return new KubeError(status, '', `${what} answered ${String(status)}: ${body.slice(0, 200)}`);
  }
}
