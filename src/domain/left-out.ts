/** How it is told that lines of the journal could not be read as records. Pure. */

/** A sentence; undefined where all could be read. */
export function leftOutWords(lines: number): string | undefined {
  if (lines === 0) return undefined;
  const are = lines === 1 ? '1 line of the audit log has' : `${lines} lines of the audit log have`;
  return `${are} a form that this version does not know, and ${lines === 1 ? 'is' : 'are'} left out.`;
}
