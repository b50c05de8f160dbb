/** The way to the API: whom a key may be sent to, how long is waited, and what left this machine. */
import Anthropic from '@anthropic-ai/sdk';
import { boundedText } from '../../domain/bounded-text.ts';
import { OncallError } from '../../domain/error.ts';
import { within } from '../../domain/time-limit.ts';

/** Where the API is and who asks. */
export interface Access {
  readonly apiKey: string;
  /** `https:`, or `http:` on loopback. */
  readonly baseURL?: string;
  /** How long an answer may take to begin, an open stream may be silent, and any other answer may last, milliseconds [60000]. */
  readonly idleTimeoutMs?: number;
}

export const idleMs = ({ idleTimeoutMs = 60_000 }: Access): number => idleTimeoutMs;

/** A pause that the API asks for is waited out up to here, in seconds; beyond it people learn at once. */
const longestPause = 15;
/** Beside streams there are errors and lists of models. */
const longestAnswer = 4 * 1024 * 1024;

export interface Connection {
  readonly client: Anthropic;
  /** For error messages. */
  readonly host: string;
}

/**
 * A client for one analysis. Nothing is sent yet.
 * @param onBody receives the address and the body of every request when it leaves; repetitions by the SDK are not told
 * @throws OncallError for a key or an address that cannot be used
 */
export function connect(
  access: Access,
  onBody: (url: string, body: string) => void = () => undefined,
): Connection {
  const url = checkedUrl(access.baseURL ?? 'https://api.anthropic.com');
  const client = new Anthropic({
    // Given here, so that neither the environment nor a profile on disk decides who is asked and who pays.
    apiKey: checkedKey(access.apiKey),
    baseURL: url.href.replace(/\/$/, ''),
    timeout: idleMs(access),
    maxRetries: 2,
    logLevel: 'off',
    openTelemetry: false,
    fetch: async (input, init) => {
      const repeated = Number(new Headers(init?.headers).get('x-stainless-retry-count') ?? 0) > 0;
      if (typeof init?.body === 'string' && !repeated) {
        onBody(input instanceof Request ? input.url : String(input), init.body);
      }
      return withoutLongPause(await patientFetch(input, init, idleMs(access)));
    },
  });
  return { client, host: url.host };
}

/**
 * Does not hang on the SDK's signal, which Node's `fetch` can lose and which ends at the headers anyway: they come in time, and so
 * does every piece of a stream, and the whole of any other answer. No redirect is followed, which would carry the evidence elsewhere.
 */
async function patientFetch(
  input: string | URL | Request,
  init: RequestInit | undefined,
  ms: number,
): Promise<Response> {
  const caller = init?.signal ?? undefined;
  const connection = new AbortController();
  const { status, headers, body } = await within(ms, caller, (signal) => {
    signal.addEventListener('abort', () => connection.abort(signal.reason), { once: true });
    return fetch(input, { ...init, redirect: 'manual', signal: connection.signal });
  });
  if (body !== null && headers.get('content-type')?.startsWith('text/event-stream') === true) {
    return new Response(watched(body, 2 * ms, caller, connection), { status, headers });
  }
  const text = await within(ms, caller, (signal) => boundedText(body, longestAnswer, signal));
  return new Response(text === '' ? null : text, { status, headers });
}

/** The same stream, which fails where nothing comes for `ms`, and lets go of the connection when nobody reads it any more. */
function watched(
  body: ReadableStream<Uint8Array>,
  ms: number,
  caller: AbortSignal | undefined,
  connection: AbortController,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const letGo = (reason: unknown): void => {
    connection.abort(reason);
    reader.cancel(reason).catch(() => undefined);
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await within(ms, caller, () => reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          letGo(error);
          throw error;
        }
      },
      cancel: letGo,
    },
    { highWaterMark: 0 },
  );
}

/** The SDK waits as long as `retry-after` says, be it hours; its `x-should-retry` makes it give up at once instead. */
function withoutLongPause(response: Response): Response {
  const after = response.headers.get('retry-after');
  if (response.ok || after === null) return response;
  const seconds = Number.isNaN(Number(after)) ? (Date.parse(after) - Date.now()) / 1000 : Number(after);
  if (!(seconds > longestPause)) return response;
  const headers = new Headers(response.headers);
  headers.set('x-should-retry', 'false');
  return new Response(response.body, { status: response.status, headers });
}

/** The key, if it can be one. @throws OncallError without showing it */
function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new OncallError(
    'claude-failed',
    'The Anthropic API key is empty or holds characters that no key has',
    'Set a valid key with "Oncall: Set Anthropic API Key".',
  );
}

/** An address that a key may be sent to. */
function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  const loopback = url?.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url !== null && (url.protocol === 'https:' || loopback) && url.username === '') return url;
  throw new OncallError(
    'claude-failed',
    'oncall.claude.baseUrl is not an https address',
    'Use an https address without user name; http is taken on loopback only.',
  );
}
