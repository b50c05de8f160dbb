/**
 * Keeps credentials out of the journal.
 *
 * Every string of a record's data is redacted unless it has to stay exact: the command that ran or would run (an argv
 * with a credential in it is refused by the command language and never gets here), hashes, and the identifiers by
 * which objects, steps and revisions are found again.
 */
import { redactTree } from '../domain/redaction.ts';

const exact = new Set([
  'argv',
  'argvHash',
  'specHash',
  'parameters',
  'id',
  'stepId',
  'undoes',
  'uid',
  'resourceVersion',
  'generation',
  'apiVersion',
  'kind',
  'name',
  'namespace',
  'context',
  'image',
  'selector',
  'labels',
  'matchLabels',
]);
/** A copy of `data` without credentials, and without members that are undefined: as it will be read again. */
export function scrub<T>(data: T): T {
  return redactTree(data, {
    // A step's command is its argv as text.
    exact: (key, object) => exact.has(key) || (key === 'command' && 'argv' in object),
  });
}
