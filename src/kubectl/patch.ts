/** What can be told from a patch without the object it is for. */

export type PatchReading =
  | {
      readonly ok: true;
      /** It may set a replica count to nothing. */
      readonly mayScaleToZero: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** Deeper than any Kubernetes object; keeps the walk from exhausting the stack. */
const maximumDepth = 100;

/**
 * Reads the patch of `kubectl patch --patch`. YAML, which kubectl takes too, is refused: what cannot be read here
 * cannot be judged. So are keys that appear twice, because readers differ in which of them counts.
 */
export function readPatch(text: string): PatchReading {
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'The patch is not JSON, so it cannot be judged.' };
  }
  if (typeof patch !== 'object' || patch === null)
    return { ok: false, reason: 'The patch is no JSON object.' };
  const seen = { keys: 0, mayScaleToZero: false };
  if (!walk(patch, seen, 0)) return { ok: false, reason: 'The patch is nested too deeply to be judged.' };
  if (seen.keys !== countWrittenKeys(text)) {
    return { ok: false, reason: 'The patch names a field twice, so it cannot be judged.' };
  }
  if (Array.isArray(patch) && patch.some(touchesReplicas)) seen.mayScaleToZero = true;
  return { ok: true, mayScaleToZero: seen.mayScaleToZero };
}

function walk(value: object, seen: { keys: number; mayScaleToZero: boolean }, depth: number): boolean {
  if (depth > maximumDepth) return false;
  const isList = Array.isArray(value);
  for (const [key, child] of Object.entries(value)) {
    if (!isList) seen.keys++;
    if (key.toLowerCase() === 'replicas' && !isPositive(child)) seen.mayScaleToZero = true;
    if (typeof child === 'object' && child !== null && !walk(child, seen, depth + 1)) return false;
  }
  return true;
}

/** Only a positive number is surely not nothing; null removes the count. */
function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

/** In JSON a string before a colon is a key, and nothing else is. */
function countWrittenKeys(text: string): number {
  let count = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (match[1] !== undefined) count++;
  return count;
}

/** An operation of a JSON patch (RFC 6902) on a replica count that does not set it to a positive number. */
function touchesReplicas(operation: unknown): boolean {
  if (typeof operation !== 'object' || operation === null) return false;
  const { op, path, value } = operation as { op?: unknown; path?: unknown; value?: unknown };
  if (op === 'test' || typeof path !== 'string' || !path.endsWith('/replicas')) {
    // A copied or moved value is not in the patch, so it cannot be seen here.
    return op === 'copy' || op === 'move';
  }
  return !((op === 'add' || op === 'replace') && isPositive(value));
}
