/** The way to the API: whom a key may be sent to, how long is waited, and what left this machine. */
import Anthropic from '@anthropic-ai/sdk';
import { OncallError } from '../../domain/error.ts';

/** Where the API is and who asks. */
export interface Access {
  readonly apiKey: string;
  /** `https:`, or `http:` on loopback. */
  readonly baseURL?: string;
  /** How long an answer may take to begin, and an open stream may be silent, milliseconds [60000]. */
  readonly idleTimeoutMs?: number;
}

export const idleMs = ({ idleTimeoutMs = 60_000 }: Access): number => idleTimeoutMs;

/** A pause that the API asks for is waited out up to here, in seconds; beyond it people learn at once. */
const longestPause = 15;

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
      return withoutLongPause(await fetch(input, init));
    },
  });
  return { client, host: url.host };
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
