/** Why a kubectl execution failed, read from what it wrote on stderr. */

export type FailureKind =
  | 'cancelled'
  | 'timeout'
  /** By the API server: admission, or an object that is not valid. */
  | 'refused'
  | 'quota'
  | 'unreachable'
  /** No right (RBAC), or nobody is signed in. */
  | 'forbidden'
  | 'conflict'
  | 'not-found'
  | 'failed';

/** What happened, and what the reader can do about it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly next: string;
  /** The command was refused, or never sent: what a single request would have changed is as it was. */
  readonly nothingDone?: true;
}

/** What the API server answers, having changed nothing; and what keeps a request from being sent. */
const refusals: ReadonlySet<FailureKind> = new Set([
  'refused',
  'quota',
  'forbidden',
  'conflict',
  'not-found',
]);
const neverSent =
  /dial tcp|no such host|connection to the server .* was refused|x509:|failed calling webhook/i;

/**
 * The phrases are those of kubectl and of the API server's Status reasons
 * (https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go, `StatusReason`). First match wins:
 * `Forbidden` is the reason of a missing right, of a quota and of every admission plugin alike, and only the words tell.
 */
const phrases: readonly { pattern: RegExp; kind: FailureKind; next: string }[] = [
  {
    pattern: /\(Unauthorized\)|must be logged in to the server|getting credentials:/i,
    kind: 'forbidden',
    next: 'Sign in to the cluster again, then retry the step.',
  },
  {
    pattern: /exceeded quota|failed quota/i,
    kind: 'quota',
    next: 'Ask for less, free what is not needed, or have the quota of the namespace raised.',
  },
  {
    pattern: /User "[^"\n]*" cannot |cannot \w+ resource |attempting to grant RBAC permissions/i,
    kind: 'forbidden',
    next: 'Ask for the missing right, or run the step with a context that has it.',
  },
  {
    // All that kubectl says of a JSON patch whose test failed.
    pattern: /The request is invalid: the server rejected our request/i,
    kind: 'conflict',
    next: 'The object is not as it was when the step was planned: investigate again before retrying.',
  },
  {
    pattern: /disruption budget/i,
    kind: 'refused',
    next: 'Wait until more replicas are ready, then retry, or skip the step: the budget keeps the service up.',
  },
  {
    pattern:
      /admission webhook .* (?:denied|does not support)|\((?:Forbidden|Invalid|BadRequest|MethodNotAllowed)\)|is forbidden:|is invalid:/i,
    kind: 'refused',
    next: 'Edit the command to what the cluster allows, or skip the step.',
  },
  {
    pattern:
      /\((?:Conflict|AlreadyExists)\)|the object has been modified|already exists|Expected (?:replicas|resource version) to be|--overwrite is false/i,
    kind: 'conflict',
    next: 'Somebody else changed the object: investigate again before retrying.',
  },
  {
    pattern: /failed calling webhook/i,
    kind: 'unreachable',
    next: 'A webhook of the cluster does not answer: restore it, or have it taken out, then retry the step.',
  },
  {
    pattern:
      /\(NotFound\)|doesn't have a resource type|unable to find specified revision|no (?:rollout )?history found|unable to find container|"[^"\n]*" not found$/im,
    kind: 'not-found',
    next: 'The object may be gone or renamed: investigate again.',
  },
  {
    pattern: /x509:|failed to verify certificate/i,
    kind: 'unreachable',
    next: 'The certificate of the cluster is not the expected one: check the kubeconfig before anything else.',
  },
  {
    pattern:
      /Unable to connect to the server|connection to the server .* was refused|dial tcp|no such host|i\/o timeout|TLS handshake timeout|connection reset by peer|unexpected EOF|\((?:ServiceUnavailable|Timeout|ServerTimeout|TooManyRequests)\)/i,
    kind: 'unreachable',
    next: 'Check the connection to the cluster (VPN, proxy), then retry the step.',
  },
];

/** How kubectl begins what ended it; advice and traces may stand around it. */
const verdict =
  /^(?:error:|Error from server|Unable to connect|The connection to|The \S+ "[^"]*" is invalid)/;

/** Traces of what was tried on the way, such as discovery of an API that is away: `E1201 03:12:00.1 7 memcache.go:265] …`. */
const trace = /^[IWEF]\d{4} \d\d:\d\d:\d\d/;

/** The last line of stderr that is a verdict, or else that says something; without kubectl's `error: ` in front. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Warning:'));
  const line = lines.findLast((one) => verdict.test(one)) ?? lines.findLast((one) => !trace.test(one)) ?? '';
  return line.replace(/^error: /i, '').trim();
}

/** How kubectl itself ends once it has given up. What ends otherwise was killed, or was something around kubectl. */
const gaveUp = 1;

function silent(exitCode: number): string {
  return exitCode < 0
    ? 'kubectl was killed by a signal and said nothing'
    : `kubectl ended with exit code ${exitCode} and said nothing`;
}

/**
 * Explains an execution that ended with an exit code other than 0.
 * @param exitCode below 0 where a signal ended it
 * @param stderr plain and redacted
 */
export function explainFailure(exitCode: number, stderr: string): Failure {
  const said = complaint(stderr);
  const message = said === '' ? silent(exitCode) : said;
  const known = phrases.find(({ pattern }) => pattern.test(stderr));
  return known === undefined
    ? { kind: 'failed', message, next: 'Read the output, then edit the command or skip the step.' }
    : {
        ...{ kind: known.kind, message, next: known.next },
        // The last word counts: what was said before it may be of an attempt that was made again.
        ...(exitCode === gaveUp &&
        ((refusals.has(known.kind) && known.pattern.test(said)) || neverSent.test(said))
          ? { nothingDone: true }
          : {}),
      };
}
