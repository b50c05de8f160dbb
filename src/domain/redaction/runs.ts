/** How long the words of a text are, told in one pass: most patterns for credentials begin with a long one. */

/** Characters that words may be made of, by their code; all others end one. */
export type Alphabet = Uint8Array;

/** @param letters beside `A` to `Z`, `a` to `z` and `0` to `9` */
export function alphabet(letters: string): Alphabet {
  const codes = new Uint8Array(128);
  const digitsAndLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  for (const letter of digitsAndLetters + letters) codes[letter.charCodeAt(0)] = 1;
  return codes;
}

/** How many characters the longest word of a text has. */
export function longestRun(text: string, letters: Alphabet): number {
  let longest = 0;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    if (letters[text.charCodeAt(index)] === 1) length++;
    else {
      if (length > longest) longest = length;
      length = 0;
    }
  }
  return Math.max(longest, length);
}

/** Calls `run` with each word that has `least` characters or more, in order. */
export function longRuns(
  text: string,
  letters: Alphabet,
  least: number,
  run: (start: number, end: number) => void,
): void {
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && letters[text.charCodeAt(index)] === 1) continue;
    if (index - start >= least) run(start, index);
    start = index + 1;
  }
}
