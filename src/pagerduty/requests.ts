/** Requests to PagerDuty's REST API: one at a time, again where that is safe, within time limits, and errors in words. */
import { DelegateBackoff, handleWhen, retry, type IRetryBackoffContext } from 'cockatiel';
import { OncallError } from '../domain/error.ts';
import { authorization, checkedToken } from './access.ts';
import { RateLimited, refused, unanswered, Unreachable, unreadable } from './failures.ts';

const ATTEMPTS = 3;
/** A longer pause than this is left to the caller, which can tell people about it. */
const LONGEST_WAIT_MS = 10_000;

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** Who a change is made as. */
  readonly from?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The account's plan may not include it (402), or not know it at all (404): then the answer is undefined. */
  readonly optional?: boolean;
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

export class Requests {
  readonly #base: URL;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #delay: typeof retryDelay;
  /** Ends when the request before has ended: PagerDuty wants the requests of one token one after another. */
  #turn: Promise<void> = Promise.resolve();
  #clockAheadMs: number | undefined;

  /**
   * @param timeoutMs time limit of one attempt, milliseconds
   * @param delay pause before a repetition, milliseconds
   */
  constructor(base: URL, token: string, timeoutMs: number, delay: typeof retryDelay) {
    this.#base = base;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#delay = delay;
  }

  /** How far PagerDuty's clock is ahead of this machine's, milliseconds, as the last answer told; 0 for less than it can tell. */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /**
   * Sends a request, and again where that is safe and sensible.
   * @param already the error code that means that the wish was fulfilled before
   */
  async json(request: Request, already?: number): Promise<unknown> {
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
    const attempted = this.attempted(request.method, request.path);
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
          ...(request.from === undefined ? {} : { from: request.from }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]),
      });
      this.#hearClock(response.headers.get('date'));
      text = await response.text();
    } catch (error) {
      if (request.signal?.aborted === true) throw cancelled(request);
      throw unanswered(attempted, error, timeout.aborted ? this.#timeoutMs : undefined);
    }
    const body = parse(text);
    if (!response.ok) {
      const error = (body as { error?: { code?: unknown } } | null | undefined)?.error;
      if (already !== undefined && error?.code === already) return undefined;
      if (request.optional === true && [402, 404].includes(response.status)) return undefined;
      throw refused(attempted, response.status, response.headers.get('ratelimit-reset'), body);
    }
    if (body === undefined) throw unreadable(attempted, 'without JSON');
    return body;
  }

  /** The header has whole seconds, and the answer was some time under way. */
  #hearClock(date: string | null): void {
    const ahead = Date.parse(date ?? '') - Date.now();
    if (!Number.isNaN(ahead)) this.#clockAheadMs = Math.abs(ahead) < 2000 ? 0 : ahead;
  }

  /** A request as error messages name it. */
  attempted(method: string, path: string): { method: string; path: string; host: string } {
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
