/** What goes wrong between us and an API server, in words that a person can act on. */
import { OncallError } from '../domain/error.ts';
import { redact } from '../domain/redaction.ts';

/** What a request was for, in the words of RBAC: `list`, `pods in namespace shop`. */
export interface RequestPurpose {
  readonly verb: string;
  readonly what: string;
}

/** Where a request went. */
export interface Place {
  readonly context: string;
  readonly server: string;
}

/** Codes of Node's TLS and socket errors, in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve right now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped answering',
  UND_ERR_SOCKET: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the authority that the kubeconfig names',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the authority that the kubeconfig names',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the authority that the kubeconfig names',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is not signed by the authority that the kubeconfig names',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** The error of a request that was given up because the caller's signal fired. */
export function cancelled({ verb, what }: RequestPurpose): OncallError {
  return new OncallError(
    'cancelled',
    `The request to ${verb} ${what} was cancelled`,
    'Start it again when needed.',
  );
}

/** A request that got no answer at all. */
export function noAnswer(place: Place, error: unknown, timeoutMs: number): OncallError {
  const code = codeOf(error);
  const why =
    code === 'TimeoutError'
      ? `it did not answer within ${timeoutMs / 1000} s`
      : (reasons[code] ??
        (/wrong version number|packet length too long/.test(text(error))
          ? 'it does not speak TLS'
          : redact(text(error)).slice(0, 500)));
  return new OncallError(
    'cluster-unreachable',
    `The API server ${place.server} of context "${place.context}" cannot be reached: ${why}`,
    'Check the network or VPN, and that the context is the right one.',
    { cause: error },
  );
}

/** An answer that points elsewhere: nothing was sent there. */
export function redirected(place: Place, status: number, host: string): OncallError {
  return new OncallError(
    'cluster-unreachable',
    `What answers at ${place.server} of context "${place.context}" redirects to ${host} (${status}), where the credentials are not sent`,
    'Check the address in the kubeconfig, and any proxy or sign-in page in between.',
  );
}

/** Credentials that could not be had before a request: a plugin that failed, a certificate file that is gone. */
export function noCredentials(place: Place, error: unknown, plugin: string | undefined): OncallError {
  const why = redact(text(error)).trim().slice(0, 500);
  return plugin === undefined
    ? new OncallError(
        'kubeconfig-invalid',
        `The credentials of context "${place.context}" cannot be used: ${why}`,
        'Check the files that the kubeconfig names.',
        { cause: error },
      )
    : new OncallError(
        'cluster-unauthorized',
        `The credential plugin ${plugin} of context "${place.context}" failed: ${why}`,
        'Sign in again the way you do for kubectl, then retry.',
        { cause: error },
      );
}

/** An answer other than success. The body is a Kubernetes Status as JSON, mostly. */
export function refusal(place: Place, status: number, body: string, purpose: RequestPurpose): OncallError {
  const { verb, what } = purpose;
  const message = redact(statusMessage(body)).slice(0, 500);
  if (status === 401) {
    return new OncallError(
      'cluster-unauthorized',
      `The API server ${place.server} does not accept the credentials of context "${place.context}"`,
      'Sign in to the cluster again, or renew the token in the kubeconfig.',
    );
  }
  if (status === 403) {
    return new OncallError(
      'cluster-forbidden',
      `The user of context "${place.context}" may not ${verb} ${what}`,
      `Ask for a role that allows it${message === '' ? '' : ` (the API server says: ${message})`}.`,
    );
  }
  if (status === 429 || status >= 500) {
    return new OncallError(
      'cluster-unreachable',
      `The API server ${place.server} of context "${place.context}" could not ${verb} ${what}: ${status} ${message}`.trimEnd(),
      'The control plane is overloaded or failing: retry, and look at the API server itself if it stays so.',
    );
  }
  return new OncallError(
    'target-unknown',
    `The API server would not ${verb} ${what}: ${status} ${message}`.trimEnd(),
    'Check that the object exists and that the cluster knows its kind.',
  );
}

function statusMessage(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message);
  } catch {
    // Proxies in front of an API server answer with text or HTML.
  }
  return body.startsWith('<') ? '' : (body.split('\n', 1)[0] ?? '');
}

function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return at.name;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return '';
}

function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? text(error.cause) : error.message;
}
