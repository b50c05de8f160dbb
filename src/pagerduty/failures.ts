/** What PagerDuty's refusals and silences mean to a person, and which of them pass by themselves. */
import { isOncallError, OncallError } from '../domain/error.ts';
import { redact } from '../domain/redaction.ts';
import { readRefusal } from './read.ts';

/** PagerDuty asks for a pause. */
export class RateLimited extends OncallError {
  /** How long PagerDuty wants to be left alone, in milliseconds. */
  readonly waitMs: number;

  constructor(host: string, waitMs: number) {
    super(
      'pagerduty-rate-limited',
      `PagerDuty at ${host} takes no more requests of this token for ${String(Math.ceil(waitMs / 1000))} s`,
      'Polling goes on by itself after that; a longer poll interval (oncall.pagerduty.pollIntervalSeconds) or fewer tools on one token keep it from happening.',
    );
    this.waitMs = waitMs;
  }
}

/** No usable answer: a dead connection, a time limit, a server error. */
export class Unreachable extends OncallError {
  /** Whether the request cannot have reached PagerDuty, so that even a write may be sent again. */
  readonly neverArrived: boolean;
  /** How long it wants to be left alone, in milliseconds; 0 where it does not say. */
  readonly waitMs: number;

  constructor(
    message: string,
    next: string,
    neverArrived: boolean,
    options: ErrorOptions & { readonly waitMs?: number } = {},
  ) {
    super('pagerduty-unreachable', message, next, options);
    this.neverArrived = neverArrived;
    this.waitMs = options.waitMs ?? 0;
  }
}

/** PagerDuty does not take the token, for this or for anything: it may again, and another token may do. */
export class TokenRefused extends OncallError {
  /** How long it wants to be left alone, in milliseconds; 0 where it does not say. */
  readonly waitMs: number;
  /** Whether PagerDuty itself said so, and not something in between: only it gives a code. */
  readonly byPagerDuty: boolean;

  constructor(
    code: 'pagerduty-unauthorized' | 'pagerduty-forbidden',
    message: string,
    next: string,
    waitMs: number,
    byPagerDuty = true,
  ) {
    super(code, message, next);
    this.waitMs = waitMs;
    this.byPagerDuty = byPagerDuty;
  }
}

/** Something in between, such as a proxy, does not pass it on. */
export class HeldUp extends OncallError {
  constructor(message: string, next: string) {
    super('pagerduty-rejected', message, next);
  }
}

/** Whether the same request may well be taken later, with the same settings and the same token. */
export function mayPass(error: unknown): boolean {
  if (error instanceof TokenRefused) return error.code === 'pagerduty-unauthorized' || !error.byPagerDuty;
  if (error instanceof HeldUp) return true;
  return !(isOncallError(error) && error.code === 'pagerduty-rejected');
}

/** How long an error says that PagerDuty wants to be left alone, in milliseconds; 0 for any other. */
export function waitOf(error: unknown): number {
  return error instanceof RateLimited || error instanceof Unreachable || error instanceof TokenRefused
    ? error.waitMs
    : 0;
}

/** PagerDuty will not do it, whatever the settings are: the incident is gone, over, or the request is none that it takes. */
export class Declined extends OncallError {
  constructor(message: string, next: string) {
    super('pagerduty-rejected', message, next);
  }
}

const CHECK_NETWORK =
  'Check the network, the proxy and oncall.pagerduty.region; https://status.pagerduty.com tells whether PagerDuty itself is down.';

/** What to do about no answer: a change may have been made all the same. */
function afterSilence(method: string, neverArrived: boolean): string {
  return method === 'GET' || neverArrived
    ? CHECK_NETWORK
    : `It may have been sent: look in PagerDuty before you try again. ${CHECK_NETWORK}`;
}

/** Longer is nobody left alone: what it asks for may be wrong, and nobody would see what has become of the incidents. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** Milliseconds that a `retry-after` header (seconds, or a date) asks for, five minutes at most; 0 without one. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null || header.trim() === '') return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : 0;
}

/** Without a `ratelimit-reset` header: PagerDuty counts in minutes, so half of one is waited for. */
const DEFAULT_RESET_MS = 30_000;

/** Milliseconds until the limit is lifted, from the `ratelimit-reset` header (seconds), at most two minutes. */
export function resetMs(header: string | null): number {
  const seconds = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 120) * 1000 : DEFAULT_RESET_MS;
}

/** One request, for error messages. */
export interface Attempted {
  readonly method: string;
  readonly path: string;
  readonly host: string;
}

/**
 * The error for an answer that is not 2xx.
 * Codes are those of https://developer.pagerduty.com/docs/errors .
 */
export function refused(request: Attempted, status: number, headers: Headers, body: unknown): OncallError {
  const waitMs = retryAfterMs(headers.get('retry-after'));
  const { code, text: words } = readRefusal(body);
  const text = redact(words);
  const what = `${request.method} ${request.path}`;
  const said = text === '' ? '' : `: ${text}`;
  const answered = `PagerDuty at ${request.host} answered ${what} with ${String(status)}${said}`;
  switch (true) {
    case status === 401:
      return new TokenRefused(
        'pagerduty-unauthorized',
        `PagerDuty at ${request.host} does not accept the API token (401${said})`,
        'Set a valid token with "Oncall: Set PagerDuty Token", and check that oncall.pagerduty.region is the region of the account.',
        waitMs,
        code !== undefined,
      );
    case status === 403:
      return new TokenRefused(
        'pagerduty-forbidden',
        `The PagerDuty token may not do ${what} (403${said})`,
        request.method === 'GET'
          ? 'Use a token of a user who can see these incidents.'
          : 'Use a token that may write; a read-only key cannot acknowledge, resolve or add notes.',
        waitMs,
        code !== undefined,
      );
    case status === 429:
      return new RateLimited(
        request.host,
        Math.max(waitMs, resetMs(headers.get('ratelimit-reset') ?? (waitMs > 0 ? '0' : null))),
      );
    case status === 408 || status >= 500:
      return new Unreachable(answered, afterSilence(request.method, false), false, { waitMs });
    case code === 1008 || /\bfrom header\b/i.test(text):
      return new OncallError(
        'pagerduty-rejected',
        answered,
        'Set oncall.pagerduty.fromEmail to the email address of a user of this PagerDuty account.',
      );
    case code === 1001:
      return new Declined(answered, 'The incident is already resolved; refresh the list.');
    case status === 402:
      return new OncallError(
        'pagerduty-rejected',
        answered,
        'The PagerDuty plan of this account does not include it.',
      );
    case status === 404:
      return rejected(
        answered,
        code,
        'Refresh the list: the incident may be gone, or belong to another account or region than the token.',
      );
    default:
      return rejected(
        answered,
        code,
        'Check the oncall.pagerduty settings (team, service and user ids, email address, base URL).',
      );
  }
}

/** Only PagerDuty itself gives a code; without one it was something in between. */
function rejected(answered: string, code: number | undefined, next: string): OncallError {
  return code === undefined ? new HeldUp(answered, next) : new Declined(answered, next);
}

/**
 * The error for a request that got no answer at all.
 * @param cause what fetch threw
 * @param timedOutAfterMs the limit, where it was that
 * @param neverSent whether it was still waiting for its turn
 */
export function unanswered(
  request: Attempted,
  cause: unknown,
  timedOutAfterMs?: number,
  neverSent = false,
): Unreachable {
  const what = `${request.method} ${request.path}`;
  if (timedOutAfterMs !== undefined) {
    return new Unreachable(
      `PagerDuty at ${request.host} did not answer ${what} within ${String(timedOutAfterMs / 1000)} s`,
      afterSilence(request.method, neverSent),
      neverSent,
      { cause },
    );
  }
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const detail = redact(inner instanceof Error ? inner.message : String(inner));
  const neverArrived = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
  return new Unreachable(
    `PagerDuty at ${request.host} cannot be reached (${code !== '' && !detail.includes(code) ? `${code} ` : ''}${detail})`,
    afterSilence(request.method, neverArrived),
    neverArrived,
    { cause },
  );
}

/** The error for an answer that points elsewhere: nothing was sent there. */
export function redirected(request: Attempted, status: number, host: string): OncallError {
  return new OncallError(
    'pagerduty-unreachable',
    `What answers at ${request.host} redirects ${request.method} ${request.path} to ${host} (${String(status)}), where the token is not sent`,
    'Check oncall.pagerduty.baseUrl and any proxy or sign-in page in between.',
  );
}

/** The error for an answer that is 2xx and yet not what PagerDuty sends. */
export function unreadable(request: Attempted, what: string, cause?: unknown): OncallError {
  return new OncallError(
    'pagerduty-unreachable',
    `What answers at ${request.host} is not PagerDuty: ${request.method} ${request.path} came back ${what}`,
    'Check oncall.pagerduty.baseUrl and any proxy or sign-in page in between.',
    { cause },
  );
}
