/** Markdown with text from outside in it, which stays text: no link, no picture, no HTML, no heading, no code that ends early. */
import { exact, plain } from '../domain/plain.ts';
import { plainLines } from './text.ts';

/**
 * One line of text from outside, anywhere in a line of Markdown. Escapes what CommonMark, GitHub and the editor's own preview
 * (with its formulas between dollar signs, and links that begin with `//`) read as markup. GitHub makes links of e-mail
 * addresses whatever is escaped: they are taken apart.
 */
export function md(text: string, max = 1000): string {
  return plain(text, max)
    .replace(/[\\`*_[\]<>|~$!]/g, '\\$&')
    .replace(/\/(?=\/)|(?<=\/)\//g, '\\/')
    .replace(/(www)\./gi, '$1\\.')
    .replace(/(?<=\S)@(?=\S)/g, ' @ ')
    .replace(/&(?=#?\w)/g, '\\&')
    .replace(/^[#+=-]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A command as inline code, whatever it holds. */
export function code(command: string): string {
  const text = exact(command);
  const fence = '`'.repeat(longestRun(text) + 1);
  return text.includes('`') ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

/** Lines of a block of code, whatever they hold. */
export function fenced(text: string, most: number, max = 400): string[] {
  const lines = plainLines(text, most, max);
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}text`, ...lines, fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
