/** Lines that hold a text or match a pattern, with bounded work. */
import { PatternError } from './pattern-syntax.ts';
import { compilePattern, type Effort } from './pattern.ts';
import { WrongCall } from './tool.ts';

/** Characters of a line that are searched and shown. */
const lineLimit = 4000;
/** Steps of one search: a few tenths of a second. */
const mostSteps = 3_000_000;

/**
 * Searches from the newest line back, so that work that runs out leaves out the oldest.
 * @returns the lines in their order, and how many were searched
 * @throws WrongCall for a pattern that is not understood
 */
export function grep(
  lines: readonly string[],
  wanted: { readonly text: string } | { readonly pattern: string },
): { readonly lines: string[]; readonly searched: number } {
  const effort: Effort = { steps: mostSteps };
  const matches = 'text' in wanted ? containing(wanted.text) : matching(wanted.pattern, effort);
  const found: string[] = [];
  let searched = 0;
  for (const line of lines.toReversed()) {
    const bounded = line.length > lineLimit ? `${line.slice(0, lineLimit)}…` : line;
    const holds = matches(bounded);
    if (effort.steps <= 0) break;
    searched++;
    if (holds) found.push(bounded);
  }
  return { lines: found.reverse(), searched };
}

function containing(text: string): (line: string) => boolean {
  const lower = text.toLowerCase();
  return (line) => line.toLowerCase().includes(lower);
}

function matching(pattern: string, effort: Effort): (line: string) => boolean {
  try {
    const matches = compilePattern(pattern);
    return (line) => matches(line, effort);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new WrongCall(`The regular expression is not understood: ${error.message}.`);
  }
}
