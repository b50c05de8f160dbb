/** Requests to the API server: time limits, patience with an overloaded server, and errors in words. */
import { setTimeout as delay } from 'node:timers/promises';
import { isOncallError, type OncallError } from '../domain/error.ts';
import { within } from '../domain/time-limit.ts';
import { cancelled, noAnswer, refusal, type Place, type RequestPurpose } from './failure.ts';

export interface ApiRequest extends RequestPurpose {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** What is asked for in place of the object as JSON. */
  readonly accept?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  stream(): ReadableStream<Uint8Array> | null;
}

/** Sends one request with the context's credentials; rejects only when there is no answer, or with an OncallError. */
export type Send = (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;

/** What came back, where the caller wants to judge the status itself. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How often an overloaded server is asked again, and how long a wait it may ask for (seconds); client-go is more patient, people are not. */
const overloadRetries = 3;
const longestWait = 5;

export class Requests {
  readonly place: Place;
  readonly #send: Send;
  readonly #timeoutMs: number;

  /** @param timeoutMs time limit of one request, its whole answer included, milliseconds */
  constructor(place: Place, send: Send, timeoutMs: number) {
    this.place = place;
    this.#send = send;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends a request and reads the whole answer.
   * @param accepted statuses that the caller handles besides 2xx
   * @throws OncallError for everything else
   */
  async reply(request: ApiRequest, signal?: AbortSignal, accepted: readonly number[] = []): Promise<Reply> {
    for (let attempt = 0; ; attempt++) {
      const { status, headers, body } = await this.#guard(request, signal, () =>
        within(this.#timeoutMs, signal, async (limited) => {
          const answer = await this.#send(request, limited);
          return { status: answer.status, headers: answer.headers, body: await answer.text() };
        }),
      );
      if (status < 300 || accepted.includes(status)) return { status, headers, body };
      const wait = Number(headers['retry-after']);
      const overloaded = status === 429 || (status === 503 && headers['retry-after'] !== undefined);
      if (!overloaded || attempt >= overloadRetries) throw refusal(this.place, status, body, request);
      await this.#guard(request, signal, () =>
        delay(Math.min(Number.isFinite(wait) ? wait : 1, longestWait) * 1000, undefined, { signal }),
      );
    }
  }

  /** Like {@link reply}, for a JSON answer. */
  async json<T>(request: ApiRequest, signal?: AbortSignal): Promise<T> {
    const { body } = await this.reply(request, signal);
    return this.parse<T>(body);
  }

  /** @throws OncallError `cluster-unreachable` where something else than an API server answers */
  parse<T>(body: string): T {
    try {
      return JSON.parse(body) as T;
    } catch {
      throw this.strange();
    }
  }

  /** The error of an answer that no API server gives. */
  strange(): OncallError {
    return noAnswer(this.place, new Error('what answers there is not an API server'), this.#timeoutMs);
  }

  /**
   * Opens an answer that goes on until `signal` aborts, which is the caller's to see to however it ends. It begins within the time
   * limit. The status is the caller's to judge.
   */
  open(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return this.#guard(request, signal, () =>
      within(this.#timeoutMs, signal, () => this.#send(request, signal)),
    );
  }

  /** The body of an answer that was opened and is none that goes on. */
  rest(request: ApiRequest, answer: ApiAnswer, signal: AbortSignal): Promise<string> {
    return this.#guard(request, signal, () => within(this.#timeoutMs, signal, () => answer.text()));
  }

  async #guard<T>(request: ApiRequest, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw cancelled(request);
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw cancelled(request);
      if (isOncallError(error)) throw error;
      throw noAnswer(this.place, error, this.#timeoutMs);
    }
  }
}
