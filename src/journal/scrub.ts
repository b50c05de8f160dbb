/**
 * Keeps credentials out of the journal.
 *
 * Every string of a record's data is redacted unless it has to stay exact: the command that ran or would run (an argv
 * with a credential in it is refused by the command language and never gets here), hashes, and the identifiers by
 * which objects, steps and revisions are found again. Environment variables of pod templates are judged by their name
 * and value together, and nothing of a Secret's data is kept.
 */
import { redact } from '../domain/redaction.ts';

/** Members whose value, with all that is in it, stays to the letter. */
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

const removed = '[redacted]';

/** A copy of `data` without credentials, and without members that are undefined: as it will be read again. */
export function scrub<T>(data: T): T {
  return scrubValue(data) as T;
}

function scrubValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(scrubValue);
  if (typeof value === 'object' && value !== null) return scrubObject(value as Record<string, unknown>);
  return value;
}

function scrubObject(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, exact.has(key) ? value : scrubMember(object, key, value)]),
  );
}

function scrubMember(object: Record<string, unknown>, key: string, value: unknown): unknown {
  if (object['kind'] === 'Secret' && (key === 'data' || key === 'stringData')) return withoutValues(value);
  if (typeof value !== 'string') return scrubValue(value);
  // A step's command is its argv as text.
  if (key === 'command' && 'argv' in object) return value;
  if (key === 'value' && typeof object['name'] === 'string') return scrubNamed(object['name'], value);
  return scrubNamed(key, value);
}

/** A value whose name may give it away: `DB_PASSWORD` with `hunter2`, where neither alone looks like a credential. */
function scrubNamed(name: string, value: string): string {
  const redacted = redact(value);
  if (redacted !== value || value === '' || !announces(name)) return redacted;
  const quoted = `${name}=${JSON.stringify(value)}`;
  return redact(quoted) === quoted ? value : removed;
}

/** Whether a name is one that credentials have. The names in a journal are few, so the answers are kept. */
function announces(name: string): boolean {
  let known = announced.get(name);
  if (known === undefined) {
    if (announced.size >= 1000) announced.clear();
    const probe = `${name}="a1b2c3d4e5f6"`;
    known = redact(probe) !== probe;
    announced.set(name, known);
  }
  return known;
}

const announced = new Map<string, boolean>();

function withoutValues(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return removed;
  return Object.fromEntries(Object.keys(data).map((key) => [key, removed]));
}
