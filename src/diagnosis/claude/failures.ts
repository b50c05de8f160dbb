/** What went wrong between us and the model, in words that say what to do. */
import type Anthropic from '@anthropic-ai/sdk';
import { AnthropicError, APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { redirectHost } from '../../domain/bounded-text.ts';
import { OncallError } from '../../domain/error.ts';
import { redact } from '../../domain/redaction.ts';

/** What error messages name. */
export interface Situation {
  readonly model: string;
  readonly host: string;
  readonly maxTokens: number;
}

/** Nothing came on an open stream for too long. */
export class Silence extends Error {
  constructor(ms: number) {
    super(`Nothing came for ${String(ms / 1000)} s`);
  }
}

/** Errors that an open stream reports and that a new request may well not meet. */
const passing = new Set(['overloaded_error', 'api_error', 'timeout_error', 'rate_limit_error']);

/**
 * Whether the answer broke off, so that asking again from the start makes sense.
 * The SDK repeats requests that were not answered, but not a stream that ends too early.
 * @param started whether the answer had begun
 */
export function brokeOff(error: unknown, started: boolean): boolean {
  if (error instanceof Silence) return true;
  if (!started) return false;
  if (error instanceof APIConnectionError) return true;
  if (error instanceof APIError) return error.status === undefined && passing.has(error.type ?? '');
  return error instanceof AnthropicError;
}

/** Whether a request was refused because it is more than the model can read. */
export function isTooLong(error: unknown): boolean {
  return (
    error instanceof APIError &&
    (error.status === 413 ||
      (error.status === 400 &&
        /prompt is too long|context window|context limit/i.test(error.apiMessage ?? '')))
  );
}

/** Whether a request was refused because a strict tool is more than the API can make a grammar of. */
export function isTooComplex(error: unknown): boolean {
  return (
    error instanceof APIError &&
    error.status === 400 &&
    /grammar|schemas? (?:is|are) too complex|too many (?:parameters|optional)/i.test(error.apiMessage ?? '')
  );
}

/** The error of an analysis that was given up because the caller's signal fired. */
export function cancelled(cause: unknown): OncallError {
  return new OncallError('cancelled', 'The analysis was cancelled', 'Start it again when you need it.', {
    cause,
  });
}

/** The error of an analysis whose budget is used up, or that comes to no end, without a plan. */
export function unfinished(why: string, { model }: Situation): OncallError {
  return failed(
    `${model} handed in no plan although ${why}`,
    'Try again, raise the limits of the analysis, or choose another model in oncall.claude.model.',
  );
}

function failed(what: string, next: string, cause?: unknown): OncallError {
  return new OncallError('claude-failed', what, next, { cause });
}

/** The API's own words: one bounded line, without control characters and credentials. */
function words(error: APIError): string {
  const text = redact(error.apiMessage ?? '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return text === '' ? '' : `: ${text.slice(0, 300)}`;
}

/** The error to show for whatever the SDK threw. */
export function failure(error: unknown, { model, host }: Situation): OncallError {
  if (error instanceof Silence) {
    return failed(
      `Claude began to answer and then fell silent (${error.message.toLowerCase()})`,
      'Try again; if it happens often, look for a proxy that holds back streamed answers.',
      error,
    );
  }
  if (error instanceof APIConnectionTimeoutError) {
    return failed(`${host} did not answer in time`, CHECK_NETWORK, error);
  }
  if (error instanceof APIConnectionError) {
    const reason = error.cause instanceof Error ? `: ${redact(error.cause.message)}` : '';
    return failed(`${host} cannot be reached${reason}`, CHECK_NETWORK, error);
  }
  if (error instanceof APIError) return refused(error, model, host);
  const reason = redact(error instanceof Error ? error.message : String(error));
  return failed(`The answer of Claude broke off twice (${reason.slice(0, 200)})`, CHECK_NETWORK, error);
}

const CHECK_NETWORK = 'Check the network, the proxy and oncall.claude.baseUrl, then try again.';
const LATER = 'Try again in a minute; https://status.claude.com tells whether it lasts.';

function refused(error: APIError, model: string, host: string): OncallError {
  const said = words(error);
  if (error.status !== undefined && error.status >= 300 && error.status < 400) {
    const to = redirectHost(error.headers?.get('location'), new URL(`https://${host}`));
    return failed(
      `${host} redirects to ${to} (${String(error.status)}), where neither key nor evidence is sent`,
      'Check oncall.claude.baseUrl and any proxy or sign-in page in between.',
      error,
    );
  }
  switch (error.status) {
    case 401:
      return failed(
        `${host} does not accept the Anthropic API key (401${said})`,
        'Set a valid key with "Oncall: Set Anthropic API Key".',
        error,
      );
    case 402:
      return failed(
        `The Anthropic account cannot pay for the request (402${said})`,
        'Add credit or raise the spend limit in the Claude Console, or set oncall.analysis.engine to "builtin".',
        error,
      );
    case 403:
      return failed(
        `The Anthropic API key may not use ${model} (403${said})`,
        'Use a key whose workspace may, or choose another model in oncall.claude.model.',
        error,
      );
    case 404:
      return failed(
        `${host} does not know the model ${model} (404${said})`,
        'Choose a model that the account has in oncall.claude.model, and check oncall.claude.baseUrl.',
        error,
      );
    case 413:
      return tooLong(`The evidence is too large for one request (413${said})`, error);
    case 429:
      return failed(
        `The Anthropic account is at its rate limit (429${said})`,
        'Wait a minute and try again; the limits stand in the Claude Console.',
        error,
      );
    case 529:
      return failed(`Claude is overloaded (529${said})`, LATER, error);
    case undefined:
      return failed(`Claude broke off with ${error.type ?? 'an error'}${said}`, LATER, error);
    default:
      if (isTooLong(error)) {
        return tooLong(`The evidence does not fit into the context window of ${model} (400${said})`, error);
      }
      return error.status >= 500
        ? failed(`${host} answered with a server error (${String(error.status)}${said})`, LATER, error)
        : failed(
            `${host} refused the request (${String(error.status)}${said})`,
            'Check oncall.claude.model, oncall.claude.effort and oncall.claude.maxTokens.',
            error,
          );
  }
}

function tooLong(what: string, cause?: unknown): OncallError {
  return failed(
    what,
    'Choose a model with a larger window in oncall.claude.model, or set oncall.analysis.engine to "builtin".',
    cause,
  );
}

/** The error for an answer that came to its end without a plan. */
export function ended(message: Anthropic.Message, { model, maxTokens }: Situation): OncallError {
  switch (message.stop_reason) {
    case 'max_tokens':
      return failed(
        `The answer of ${model} did not fit into ${String(maxTokens)} tokens`,
        'Raise oncall.claude.maxTokens or lower oncall.claude.effort.',
      );
    case 'model_context_window_exceeded':
      return tooLong(`The evidence does not fit into the context window of ${model}`);
    case 'refusal': {
      const category = message.stop_details?.category;
      return failed(
        `${model} declined to analyse this incident${category ? ` (category ${category})` : ''}`,
        'Logs or alert text may have set off a safety filter: look at the evidence yourself, or choose another model in oncall.claude.model.',
      );
    }
    case 'pause_turn':
      return failed(`${model} paused again and again without a plan`, 'Try again.');
    default:
      return failed(
        `${model} ended without handing in a plan (${message.stop_reason ?? 'no reason given'})`,
        'Try again, or choose another model in oncall.claude.model.',
      );
  }
}

/** The error for a plan that is still wrong after it was sent back. */
export function unusable(problem: string, { model }: Situation): OncallError {
  const [first = ''] = problem.split('\n');
  return failed(
    `The plan of ${model} does not have the required form, also at the second attempt (${first.slice(0, 200)})`,
    'Try again, or choose another model in oncall.claude.model.',
  );
}
