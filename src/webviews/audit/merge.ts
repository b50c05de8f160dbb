/** The lines that are shown, when newer ones come. Pure. */
import type { AuditRow } from '../../domain/audit-log.ts';

/**
 * The newest lines as they are now take the place of all that are not older than `since`.
 * @param since ISO 8601; empty where there is nothing older
 */
export function withNewest(
  shown: readonly AuditRow[],
  newest: readonly AuditRow[],
  since: string,
): readonly AuditRow[] {
  const fresh = new Set(newest.map(({ key }) => key));
  const older = since === '' ? [] : shown.filter(({ key, entry }) => entry.time < since && !fresh.has(key));
  return [...newest, ...older];
}

/** Older lines behind those that are shown; one that is shown already stays as it is. */
export function withOlder(shown: readonly AuditRow[], older: readonly AuditRow[]): readonly AuditRow[] {
  const known = new Set(shown.map(({ key }) => key));
  return [...shown, ...older.filter(({ key }) => !known.has(key))];
}
