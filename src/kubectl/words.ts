/**
 * Text to words and back. What is read here is one plain simple command of a POSIX shell and nothing else:
 * whatever a shell would do more than split words is refused, because no shell ever sees the command.
 */
import { nameCharacter, unshowableAt } from './characters.ts';

export type Split =
  | { readonly ok: true; readonly words: string[] }
  | {
      readonly ok: false;
      /** A clause for people: it follows "Not one plain command: ". */
      readonly message: string;
      /** Index in UTF-16 units of the offending character. */
      readonly position: number;
    };

/** Longer texts are no command that a person wrote or can judge. */
const maximumLength = 32_768;

const space = 0x20;
const singleQuote = 0x27;
const doubleQuote = 0x22;

/** Characters that mean themselves in every shell when they stand outside quotes. */
const plain = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-^') {
  plain[character.charCodeAt(0)] = 1;
}

const complaints: Readonly<Record<string, string>> = {
  ';': 'starts a second command',
  '&': 'starts a second command or runs one in the background',
  '|': 'pipes into a second command',
  '<': 'redirects',
  '>': 'redirects',
  '(': 'opens a subshell',
  ')': 'closes a subshell',
  $: 'would be replaced by a shell; put it in single quotes to keep it as it is',
  '`': 'would run a second command',
  '*': 'is a file pattern; put it in quotes to keep it as it is',
  '?': 'is a file pattern; put it in quotes to keep it as it is',
  '[': 'is a file pattern; put it in quotes to keep it as it is',
  ']': 'is a file pattern; put it in quotes to keep it as it is',
  '{': 'is expanded by a shell; put it in quotes to keep it as it is',
  '}': 'is expanded by a shell; put it in quotes to keep it as it is',
  '~': 'stands for a home directory; put it in quotes to keep it as it is',
  '#': 'starts a comment; put it in quotes to keep it as it is',
  '!': 'is expanded by a shell; put it in quotes to keep it as it is',
  '\\': 'hides the character after it; use quotes instead',
};

function refuse(text: string, position: number, complaint?: string): Split {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  const what = complaint ?? complaints[character] ?? 'must stand in quotes';
  return { ok: false, message: `\`${character}\` at column ${position + 1} ${what}`, position };
}

/**
 * Splits the text of exactly one plain simple command into its words.
 *
 * Only spaces separate words. Single quotes keep everything; double quotes keep everything but `\"` and `\\`, which
 * stand for the second character, and refuse `$` and backticks. Refused are operators, redirections, substitutions,
 * variables, patterns, braces, `~`, comments, assignments before the command, backslashes outside quotes,
 * line breaks, tabs and every other character that cannot be shown.
 */
export function splitWords(text: string): Split {
  if (text.length > maximumLength) {
    return { ok: false, message: `it is longer than ${maximumLength} characters`, position: maximumLength };
  }
  const hidden = unshowableAt(text);
  if (hidden >= 0) {
    const message = `there is ${nameCharacter(text, hidden)} at column ${hidden + 1}`;
    return { ok: false, message, position: hidden };
  }
  const words: string[] = [];
  let word = '';
  let inWord = false;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === space) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
      index++;
    } else if (code === singleQuote) {
      const end = text.indexOf("'", index + 1);
      if (end < 0) return refuse(text, index, 'opens a quote that never ends');
      word += text.slice(index + 1, end);
      inWord = true;
      index = end + 1;
    } else if (code === doubleQuote) {
      const quoted = readDoubleQuoted(text, index);
      if (!('end' in quoted)) return quoted;
      word += quoted.content;
      inWord = true;
      index = quoted.end;
    } else {
      const start = index;
      while (index < text.length && plain[text.charCodeAt(index)] === 1) index++;
      if (index === start) return refuse(text, index);
      const part = text.slice(start, index);
      const equals = words.length === 0 ? part.indexOf('=') : !inWord && part.startsWith('=') ? 0 : -1;
      if (equals >= 0) {
        return refuse(text, start + equals, words.length === 0 ? 'sets a variable' : complaints['!']);
      }
      word += part;
      inWord = true;
    }
  }
  if (inWord) words.push(word);
  return words.length > 0 ? { ok: true, words } : { ok: false, message: 'it is empty', position: 0 };
}

function readDoubleQuoted(text: string, start: number): { content: string; end: number } | Split {
  let content = '';
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index];
    if (character === '"') return { content, end: index + 1 };
    if (character === '$' || character === '`') return refuse(text, index);
    const next = text[index + 1];
    if (character === '\\' && (next === '"' || next === '\\')) {
      content += next;
      index++;
    } else {
      content += character;
    }
  }
  return refuse(text, start, 'opens a quote that never ends');
}

const needsNoQuotes = /^[\w@%+:,./^-][\w@%+=:,./^-]*$/;

/**
 * Writes words as one line for people to read and to copy. {@link splitWords} gives the same words back, for words
 * without characters that cannot be shown. A word with such a character appears as `$'…'` with escapes, so that nothing
 * is hidden; that form is for reading only, {@link splitWords} and `assessCommand` refuse it.
 */
export function quoteWords(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string, index: number): string {
  if (needsNoQuotes.test(word) && !(index === 0 && word.includes('='))) return word;
  if (unshowableAt(word) >= 0) return `$'${escapeUnshowable(word)}'`;
  if (!word.includes("'")) return `'${word}'`;
  if (!/["$`\\!]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

function escapeUnshowable(word: string): string {
  let escaped = '';
  for (const character of word) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "'" || character === '\\') escaped += `\\${character}`;
    else if (unshowableAt(character) < 0) escaped += character;
    else
      escaped +=
        code > 0xffff
          ? `\\U${code.toString(16).padStart(8, '0')}`
          : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
