/** Which characters can be shown truthfully in one line of text. */

/** Controls, format characters (bidi overrides, zero-width), line and paragraph separators, unpaired surrogates. */
const unshowable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Finds the first character that could make a command look like another one, or that has no place in a line.
 * @returns its index in UTF-16 units, or -1
 */
export function unshowableAt(text: string): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return index;
    if (code > 0x7f) return text.search(unshowable);
  }
  return -1;
}

/** Names a character for people: `U+202E`, or `a line break`. */
export function nameCharacter(text: string, index: number): string {
  const code = text.codePointAt(index) ?? 0;
  if (code === 0x0a || code === 0x0d) return 'a line break';
  if (code === 0x09) return 'a tab';
  return `the invisible character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
