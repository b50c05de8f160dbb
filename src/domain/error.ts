/** Errors that people can act on. */

export type OncallErrorCode =
  | 'kubectl-missing'
  | 'mcp-unavailable'
  | 'kubeconfig-missing'
  | 'kubeconfig-invalid'
  | 'context-missing'
  | 'cluster-unreachable'
  | 'cluster-unauthorized'
  | 'cluster-forbidden'
  | 'target-unknown'
  | 'alert-invalid'
  | 'setting-invalid'
  | 'journal-unwritable'
  | 'pagerduty-unauthorized'
  | 'pagerduty-forbidden'
  | 'pagerduty-rejected'
  | 'pagerduty-rate-limited'
  | 'pagerduty-unreachable'
  | 'claude-failed'
  | 'approval-mismatch'
  | 'answer-invalid'
  | 'undo-refused'
  | 'run-unknown'
  | 'cancelled';

/** Says what happened, to which object, and what to do next. `message` holds the first two, `next` the third. */
export class OncallError extends Error {
  readonly code: OncallErrorCode;
  readonly next: string;

  /**
   * @param message what happened, to which object, without a full stop at the end
   * @param next what the reader can do about it, as a sentence
   */
  constructor(code: OncallErrorCode, message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OncallError';
    this.code = code;
    this.next = next;
  }

  /** Both sentences, for places with room for one text. */
  get explanation(): string {
    return `${this.message}. ${this.next}`;
  }
}

/** Whether something thrown is an OncallError. By name, because each bundle carries a class of its own. */
export function isOncallError(error: unknown): error is OncallError {
  return error instanceof Error && error.name === 'OncallError' && 'code' in error;
}

/** The text to show for anything that was thrown. */
export function explain(error: unknown): string {
  if (isOncallError(error)) return error.explanation;
  return error instanceof Error ? error.message : String(error);
}
