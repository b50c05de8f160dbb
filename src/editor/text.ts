/**
 * Text from outside (incident titles, logs, answers of servers, context names) made fit to be shown as text:
 * nothing in it can move the cursor, hide itself, turn the reading direction or become a link or an icon.
 */
import { escaped, plain, unseen } from '../domain/plain.ts';

export { exact, plain } from '../domain/plain.ts';

/** CSI, OSC and two-character terminal sequences (ECMA-48, section 5). */
const terminalEscapes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])|\u009b[0-?]*[ -/]*[@-~]/g;

/**
 * Several lines of plain text, without terminal escapes; each line as {@link plain} makes it, its indentation kept.
 * @param most the most lines to keep: the last ones, because that is where a command says how it ended
 */
export function plainLines(text: string, most = 200, max = 1000): string[] {
  const lines = text
    .replace(terminalEscapes, '')
    .replace(/[\r\n]+$/, '')
    .split(/\r\n|\n|\r/);
  const kept = lines.length > most ? [`… ${lines.length - most} lines before`, ...lines.slice(-most)] : lines;
  return kept.map((line) => `${' '.repeat(Math.min(40, indentOf(line)))}${plain(line, max)}`.trimEnd());
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** {@link exact} over several lines: line breaks and tabs stay, terminal escapes go. */
function visible(text: string): string {
  return text
    .replace(terminalEscapes, '')
    .replace(unseen, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
}

/** Data for a webview with every text in it made fit to be shown. */
export function visibleTexts<T>(data: T): T {
  if (typeof data === 'string') return visible(data) as T;
  if (Array.isArray(data)) return data.map((item: unknown) => visibleTexts(item)) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, item]) => [key, visibleTexts(item as unknown)]),
  ) as T;
}

/** For places where the editor turns `$(name)` into an icon (quick picks, CodeLens, the status bar): it stays text. */
export function withoutIcons(text: string): string {
  return text.replace(/\\?\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, (icon) =>
    icon.startsWith('\\') ? icon : `\\${icon}`,
  );
}

/** For notifications, where the editor turns `[text](command:…)` into a link that runs: it stays text. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** A notification's text made of something from outside. */
export function notice(text: string): string {
  return withoutLinks(plain(text, 600));
}
