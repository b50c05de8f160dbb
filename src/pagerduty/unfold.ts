/** Details of unknown shape as plain data of bounded size, with JSON inside of strings taken apart. */

/** Bounds, so that a hostile alert costs no more than a large one. */
const maxDepth = 8;
const maxValues = 4000;
const maxCharacters = 200_000;
const maxString = 50_000;

/**
 * A copy that holds nothing but strings, lists and records: numbers, dates, functions and what cannot be read are left out.
 * A string that is a JSON object or list becomes that. Never throws, and ends on what contains itself.
 */
export function unfold(details: unknown): unknown {
  let values = maxValues;
  let characters = maxCharacters;
  const copy = (value: unknown, depth: number): unknown => {
    if (--values < 0) return undefined;
    if (typeof value === 'string') {
      const text = value.slice(0, Math.min(maxString, characters));
      characters -= text.length;
      const inner = depth < maxDepth ? decoded(text) : undefined;
      return inner === undefined ? text : copy(inner, depth + 1);
    }
    if (typeof value !== 'object' || value === null || depth >= maxDepth) return undefined;
    if (Array.isArray(value)) {
      return value
        .slice(0, Math.max(0, values))
        .map((item: unknown) => copy(item, depth + 1))
        .filter((item) => item !== undefined);
    }
    const kept: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (values <= 0) break;
      const inner = copy(item, depth + 1);
      if (inner !== undefined) kept.push([key.slice(0, 200), inner]);
    }
    return Object.fromEntries(kept);
  };
  try {
    return copy(details, 0);
  } catch {
    // A program may hand in an object whose fields throw when they are read.
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a string of JSON stands for, if it is an object or a list. */
function decoded(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
