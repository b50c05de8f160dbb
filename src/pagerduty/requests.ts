/** Requests to PagerDuty's REST API: reads one at a time, writes one at a time, again where that is safe, within limits, and errors in words. */
import { DelegateBackoff, handleWhen, retry, type IRetryBackoffContext } from 'cockatiel';
import { boundedText, redirectHost, TooLarge } from '../domain/bounded-text.ts';
import { OncallError } from '../domain/error.ts';
import { OutOfTime, TimeLimit, within } from '../domain/time-limit.ts';
import { authorization, checkedToken } from './access.ts';
import {
  RateLimited,
  redirected,
  refused,
  unanswered,
  Unreachable,
  unreadable,
  waitOf,
  type Attempted,
} from './failures.ts';

const ATTEMPTS = 3;
/** A longer pause than this is left to the caller, which can tell people about it. */
const LONGEST_WAIT_MS = 10_000;
/** More than a hundred alerts of the size that PagerDuty takes. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Requests of one lane go one after another. What somebody waits for in PagerDuty never waits for a list that stalls. */
export type Lane = 'read' | 'write';

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
  /** Where it waits for its turn: with the writes for what a write needs first. By its method where absent. */
  readonly lane?: Lane | undefined;
}

/**
 * Milliseconds to wait before attempt `attempt` + 1: as long as PagerDuty asks for where it does,
 * else half a second, doubled each time, and up to as much again by chance so that many windows do not come back together.
 * @param attempt how many attempts were made, from 1
 */
export function retryDelay(attempt: number, error: unknown): number {
  if (error instanceof RateLimited) return error.waitMs;
  const base = 500 * 2 ** (attempt - 1);
  return Math.max(waitOf(error), base + Math.random() * base);
}

export class Requests {
  readonly #base: URL;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #delay: typeof retryDelay;
  /** Each ends when the request before has ended or was given up: PagerDuty wants the requests of one token one after another. */
  readonly #turns: Record<Lane, Promise<void>> = { read: Promise.resolve(), write: Promise.resolve() };
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
   * Sends a request, and again where that is safe and sensible. It ends within three attempts and the pauses between them, its
   * turn included, whatever becomes of the connection.
   * @param already the error code that means that the wish was fulfilled before
   */
  async json(request: Request, already?: number): Promise<unknown> {
    const token = checkedToken(this.#token);
    const repeatable = request.method !== 'POST';
    const policy = retry(
      handleWhen(
        (error) =>
          waitOf(error) <= LONGEST_WAIT_MS &&
          (error instanceof RateLimited ||
            (error instanceof Unreachable && (repeatable || error.neverArrived))),
      ),
      {
        maxAttempts: ATTEMPTS - 1,
        backoff: new DelegateBackoff((context: IRetryBackoffContext<unknown>) =>
          this.#delay(context.attempt, 'error' in context.result ? context.result.error : undefined),
        ),
      },
    );
    const lane = request.lane ?? (request.method === 'GET' ? 'read' : 'write');
    const totalMs = ATTEMPTS * this.#timeoutMs + (ATTEMPTS - 1) * LONGEST_WAIT_MS;
    let sent = false;
    try {
      return await within(totalMs, request.signal, (signal) =>
        policy.execute(
          () =>
            this.#inTurn(lane, signal, () => {
              sent = true;
              return this.#send(request, token, signal, already);
            }),
          signal,
        ),
      );
    } catch (error) {
      if (request.signal?.aborted === true) throw cancelled(request);
      if (!(error instanceof OutOfTime)) throw error;
      throw unanswered(this.attempted(request.method, request.path), error, totalMs, !sent);
    }
  }

  async #inTurn<T>(lane: Lane, signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    const before = this.#turns[lane];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#turns[lane] = before.then(() => promise);
    try {
      await before;
      signal.throwIfAborted();
      return await job();
    } finally {
      resolve(undefined);
    }
  }

  async #send(request: Request, token: string, signal: AbortSignal, already?: number): Promise<unknown> {
    const attempted = this.attempted(request.method, request.path);
    const url = new URL(this.#base);
    url.pathname = url.pathname.replace(/\/$/, '') + request.path;
    url.search = request.query?.toString() ?? '';
    const limit = new TimeLimit(this.#timeoutMs, signal);
    let answer: Answer;
    try {
      const sending = exchange(url, attempted, limit.signal, {
        method: request.method,
        headers: {
          accept: 'application/vnd.pagerduty+json;version=2',
          authorization: authorization(token),
          'content-type': 'application/json',
          ...(request.from === undefined ? {} : { from: request.from }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      answer = await limit.of(sending);
      this.#hearClock(answer.headers.get('date'));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof OncallError) throw error;
      if (error instanceof TooLarge) throw unreadable(attempted, 'far too large', error);
      throw unanswered(attempted, error, limit.reached ? this.#timeoutMs : undefined);
    } finally {
      limit.end();
    }
    const { status, headers } = answer;
    const body = parse(answer.text);
    if (status < 200 || status > 299) {
      const error = (body as { error?: { code?: unknown } } | null | undefined)?.error;
      if (already !== undefined && error?.code === already) return undefined;
      if (request.optional === true && [402, 404].includes(status)) return undefined;
      throw refused(attempted, status, headers, body);
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
  attempted(method: string, path: string): Attempted {
    return { method, path, host: this.#base.host };
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One request and its whole answer. The connection is given back when `signal` aborts, also where `fetch` has lost it. */
async function exchange(
  url: URL,
  attempted: Attempted,
  signal: AbortSignal,
  init: RequestInit,
): Promise<Answer> {
  // Not `error`, with which Node loses the signal once the headers are there. Followed, a redirect would carry the token to a
  // place that no setting names.
  const { status, headers, body } = await fetch(url, { ...init, redirect: 'manual', signal });
  if (status >= 300 && status < 400) {
    void body?.cancel().catch(() => undefined);
    throw redirected(attempted, status, redirectHost(headers.get('location'), url));
  }
  return { status, headers, text: await boundedText(body, LONGEST_ANSWER, signal) };
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
