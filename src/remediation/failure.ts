/** Why a kubectl execution failed, read from what it wrote on stderr. */

export type FailureKind =
  'cancelled' | 'timeout' | 'refused' | 'unreachable' | 'forbidden' | 'conflict' | 'not-found' | 'failed';

/** What happened, and what the reader can do about it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly next: string;
}

/**
 * The phrases are those of kubectl and of the API server's Status reasons
 * (https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go, `StatusReason`). First match wins.
 */
const phrases: readonly { pattern: RegExp; kind: FailureKind; next: string }[] = [
  {
    pattern: /\(Unauthorized\)|must be logged in to the server|getting credentials: exec/i,
    kind: 'forbidden',
    next: 'Sign in to the cluster again, then retry the step.',
  },
  {
    pattern:
      /\(Forbidden\).*exceeded quota|admission webhook .* denied|\((Invalid|BadRequest|MethodNotAllowed)\)|is invalid:/i,
    kind: 'refused',
    next: 'Edit the command to what the cluster allows, or skip the step.',
  },
  {
    pattern: /\(Forbidden\)|is forbidden:|cannot \w+ resource/i,
    kind: 'forbidden',
    next: 'Ask for the missing right, or run the step with a context that has it.',
  },
  {
    pattern: /\(Conflict\)|\(AlreadyExists\)|the object has been modified/i,
    kind: 'conflict',
    next: 'Somebody else changed the object: investigate again before retrying.',
  },
  {
    pattern: /\(NotFound\)|doesn't have a resource type|unable to find specified revision/i,
    kind: 'not-found',
    next: 'The object may be gone or renamed: investigate again.',
  },
  {
    pattern:
      /Unable to connect to the server|connection to the server .* was refused|dial tcp|no such host|i\/o timeout|TLS handshake timeout|\((ServiceUnavailable|Timeout|ServerTimeout|TooManyRequests)\)/i,
    kind: 'unreachable',
    next: 'Check the connection to the cluster (VPN, proxy), then retry the step.',
  },
];

/** The last line of stderr that says something, without kubectl's `error: ` in front. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Warning:'));
  return (lines.at(-1) ?? '').replace(/^error: /i, '').trim();
}

/**
 * Explains an execution that ended with an exit code other than 0.
 * @param stderr plain and redacted
 */
export function explainFailure(exitCode: number, stderr: string): Failure {
  const said = complaint(stderr);
  const message = said === '' ? `kubectl ended with exit code ${exitCode} and said nothing` : said;
  const known = phrases.find(({ pattern }) => pattern.test(stderr));
  return known === undefined
    ? { kind: 'failed', message, next: 'Read the output, then edit the command or skip the step.' }
    : { kind: known.kind, message, next: known.next };
}
