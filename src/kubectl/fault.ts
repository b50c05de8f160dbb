/** Where in a command's text stands what makes it refused. For editors; nothing is decided by it. */
import { assessCommand } from './assess.ts';
import type { AssessOptions } from './assess.ts';
import { parseCommand } from './grammar.ts';
import type { WordRange } from './grammar.ts';
import { selectObjects } from './objects.ts';
import { splitWords } from './words.ts';

/** Why a text is refused, and the part of it that is at fault: from `start` to before `end`, in UTF-16 units. */
export interface Fault {
  /** The assessment's own sentence. */
  readonly reason: string;
  readonly start: number;
  readonly end: number;
  /** Set where words can be told from one another: those at fault. */
  readonly words?: WordRange;
}

/** Where a word stands in a text, quotes included. */
export interface WordPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the fault of a command.
 * @returns undefined where the command is not rejected. Where no one word is at fault, the whole text is.
 */
export function findFault(text: string, options: AssessOptions = {}): Fault | undefined {
  const { rejected, reason } = assessCommand(text, options);
  if (!rejected) return undefined;
  const split = splitWords(text);
  if (!split.ok) {
    // At the end of what is there something is missing.
    const start = Math.min(split.position, Math.max(0, text.length - 1));
    return { reason, start, end: Math.min(text.length, start + lengthAt(text, start)) };
  }
  const words = wordsAtFault(split.words);
  const places = wordPlaces(text);
  const first = places[words?.from ?? 0];
  const last = words === undefined ? places.at(-1) : places[words.to - 1];
  return {
    reason,
    start: first?.start ?? 0,
    end: last?.end ?? text.length,
    ...(words === undefined ? {} : { words }),
  };
}

/** Where the words of a text stand that {@link splitWords} can split. */
export function wordPlaces(text: string): WordPlace[] {
  const places: WordPlace[] = [];
  let index = 0;
  while (index < text.length) {
    if (text[index] === ' ') {
      index++;
      continue;
    }
    const start = index;
    while (index < text.length && text[index] !== ' ') index = afterPart(text, index);
    places.push({ start, end: index });
  }
  return places;
}

/** Past one character, or past what is quoted. */
function afterPart(text: string, index: number): number {
  const quote = text[index];
  if (quote !== "'" && quote !== '"') return index + 1;
  for (let at = index + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

function wordsAtFault(argv: readonly string[]): WordRange | undefined {
  const parsed = parseCommand(argv);
  if (!parsed.ok) return parsed.at;
  const selection = selectObjects(parsed.command);
  if (selection.ok || selection.word === undefined) return undefined;
  const at = argv.lastIndexOf(selection.word);
  return at < 1 ? undefined : { from: at, to: at + 1 };
}

const lengthAt = (text: string, index: number) => ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
