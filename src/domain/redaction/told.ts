/** What was thrown, as it may stand in a sentence of ours. */
import { explain, isOncallError } from '../error.ts';
import { redact } from '../redaction.ts';

/**
 * The text to show for anything that was thrown, without credentials. What an OncallError quotes was redacted when it was
 * made; anything else was written by others.
 */
export function told(error: unknown): string {
  return isOncallError(error) ? explain(error) : redact(explain(error));
}
