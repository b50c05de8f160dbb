/** Text from outside made fit to be read as text: nothing in it can hide itself, move the cursor or turn the reading direction. */

/** Control, format (bidi overrides, zero-width, tags), private and lone surrogate characters, separators, blank letters. */
export const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

/** Nothing but the characters of ASCII that can be seen, and spaces. */
const printable = /^[ -~]*$/;

/** What stands for a character that cannot be seen: `\u{202e}`. */
export const escaped = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/**
 * One line of plain text. Line breaks and tabs become a space; what cannot be seen becomes a visible escape (`\u{202e}`).
 * @param max the most characters to keep; what is cut off is replaced by `…`
 */
export function plain(text: string, max = 500): string {
  // Most texts hold nothing that could hide: lists of thousands must not wait for them.
  if (text.length <= max && printable.test(text)) return text.trim();
  const kept = text.length > max * 2 ? text.slice(0, max * 2) : text;
  const line = kept
    .replace(/\s*[\r\n\t]+\s*/g, ' ')
    .trim()
    .replace(unseen, escaped);
  const characters = Array.from(line);
  return characters.length > max || kept.length < text.length
    ? `${characters.slice(0, max - 1).join('')}…`
    : line;
}

/** A command, whole and on one line: nothing is cut off or folded, because people approve what they read. */
export function exact(command: string): string {
  return command.replace(unseen, escaped);
}
