/** The kubectl commands that a runbook shows in its fences of shell: found, not judged. */

export interface WrittenCommand {
  /** One command as it was written, continued lines joined, prompt and comment taken off. */
  readonly text: string;
  /** The nearest heading above; empty where there is none. */
  readonly heading: string;
  /** The line of that heading, or the first of the body. */
  readonly headingLine: number;
  /** From 1. */
  readonly line: number;
}

interface Line {
  readonly text: string;
  readonly number: number;
}

const languages = new Set(['sh', 'bash', 'console', 'kubectl']);
const fence = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)[^`]*$/;
const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/;

/**
 * Goes through Markdown as CommonMark has it: headings, fences, and comments, in which nothing is shown and so nothing counts.
 * @param firstLine the number of the first of `lines` in its file, from 1
 */
export function commandsIn(lines: readonly string[], firstLine: number): WrittenCommand[] {
  const commands: WrittenCommand[] = [];
  let under = { heading: '', headingLine: firstLine };
  let open: { indent: number; marks: string; language: string; content: Line[] } | undefined;
  let commented = false;
  const close = (): void => {
    if (open !== undefined && languages.has(open.language)) {
      const written = logicalLines(open.content, open.language === 'console');
      commands.push(...written.filter(({ text }) => callsKubectl(text)).map((one) => ({ ...one, ...under })));
    }
    open = undefined;
  };
  lines.forEach((text, index) => {
    const number = firstLine + index;
    if (open !== undefined) {
      const end = /^\s*(`{3,}|~{3,})\s*$/.exec(text)?.[1];
      if (end?.startsWith(open.marks)) close();
      else open.content.push({ text: text.replace(new RegExp(`^\\s{0,${open.indent}}`), ''), number });
      return;
    }
    if (commented || text.includes('<!--')) {
      const rest = commented ? text : text.slice(text.indexOf('<!--'));
      commented = !rest.includes('-->');
      return;
    }
    const [, indent = '', marks, language = ''] = fence.exec(text) ?? [];
    if (marks !== undefined) {
      open = { indent: indent.length, marks, language: language.toLowerCase(), content: [] };
      return;
    }
    const title = heading.exec(text)?.[1];
    if (title !== undefined) under = { heading: title, headingLine: number };
  });
  // A fence that is never closed reaches to the end.
  close();
  return commands;
}

/** Whether a line starts kubectl, be it behind something that no plain command has: that is for the assessment to say. */
function callsKubectl(text: string): boolean {
  return /(?:^|[\s;&|(`])kubectl(?=\s|$)/.test(text);
}

/**
 * Commands of a POSIX shell (2.2 and 2.3 of its language): a backslash before a line's end and an open quote carry a command on,
 * `#` at the start of a word ends it.
 * @param prompted only what stands behind the prompt `$ ` was typed; the rest is output
 */
function logicalLines(lines: readonly Line[], prompted: boolean): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let begun: { text: string; line: number; quote: string } | undefined;
  for (const { text, number } of lines) {
    const typed = begun === undefined ? /^\s*\$ +(.*)$/.exec(text)?.[1] : undefined;
    if (begun === undefined && prompted && typed === undefined) continue;
    const read = readLine(typed ?? text, begun?.quote ?? '');
    const line: number = begun?.line ?? number;
    const whole: string = (begun?.text ?? '') + read.text;
    begun =
      read.quote !== ''
        ? { text: `${whole}\n`, line, quote: read.quote }
        : read.continued
          ? { text: whole, line, quote: '' }
          : undefined;
    if (begun === undefined) found.push({ text: whole.trim(), line });
  }
  if (begun !== undefined) found.push({ text: begun.text.trim(), line: begun.line });
  return found.filter(({ text }) => text !== '');
}

/** One line from a state of quoting on: without its comment, and how it ends. */
function readLine(line: string, openQuote: string): { text: string; quote: string; continued: boolean } {
  let quote = openQuote;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? '';
    if (character === '\\' && quote !== "'") {
      if (index === line.length - 1) return { text: line.slice(0, index), quote, continued: true };
      index++;
    } else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === '#' && (index === 0 || /\s/.test(line[index - 1] ?? ''))) {
      return { text: line.slice(0, index), quote: '', continued: false };
    }
  }
  return { text: line, quote, continued: false };
}
