/** The doctor's findings as a document: readable without colours, copied as it is. Pure. */
import { redactForms } from '../../domain/redaction.ts';
import { plain } from '../text.ts';
import type { Check, Fix, Health } from './check.ts';

/** A mark and a word, so that no meaning hangs on a glyph. */
const marks: Readonly<Record<Health, string>> = {
  ok: '✓ ok     ',
  note: '· note   ',
  problem: '✗ problem',
  unknown: '? unknown',
};

const indent = ' '.repeat(13);
/** Columns of a sentence: what an editor of 900 pixels shows beside the marks. */
const columns = 84;

export interface Report {
  readonly text: string;
  /** By line, counted from 0. */
  readonly fixes: readonly { readonly line: number; readonly fix: Fix }[];
}

/** @param at ISO 8601 */
export function reportOf(checks: readonly Check[], at: string): Report {
  const count = (health: Health): number => checks.filter((check) => check.health === health).length;
  const problems = count('problem');
  const lines = [
    `Oncall Doctor, ${at}`,
    problems === 0
      ? `No problems${notesOf(count('note'))}.`
      : `${problems} ${problems === 1 ? 'problem' : 'problems'}${notesOf(count('note'))}.`,
  ];
  const fixes: { line: number; fix: Fix }[] = [];
  let part: Check['part'] | undefined;
  for (const check of checks) {
    if (check.part !== part) {
      part = check.part;
      lines.push('', part);
    }
    if (check.fix !== undefined) fixes.push({ line: lines.length, fix: check.fix });
    const [first = '', ...rest] = wrapped(said(check.says));
    lines.push(`  ${marks[check.health]}  ${first}`);
    for (const line of [...rest, ...(check.more ?? []).flatMap((one) => wrapped(said(one)))]) {
      lines.push(`${indent}${line}`);
    }
  }
  lines.push('');
  return { text: lines.join('\n'), fixes };
}

/** Broken between words; a word that is longer has a line of its own. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Names of servers, contexts and folders come from outside. */
function said(text: string): string {
  return plain(redactForms(text), 400);
}

function notesOf(count: number): string {
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'note' : 'notes'}`;
}
