/** A file as a runbook. */
import { redact } from '../../domain/redaction.ts';
import type { RunbookFile } from '../../domain/runbook.ts';
import { commandsIn, type WrittenCommand } from './commands.ts';
import { readFrontMatter, type Conditions } from './front-matter.ts';

export interface Runbook {
  readonly path: string;
  readonly title: string;
  readonly conditions: Conditions;
  readonly lines: readonly string[];
  /** Where its text begins, from 1. */
  readonly line: number;
  readonly commands: readonly WrittenCommand[];
}

export interface Shelf {
  readonly runbooks: readonly Runbook[];
  /** For people: each names its file, and its line where there is one. */
  readonly problems: readonly string[];
}

/** Reads files; what is wrong with one does not touch the others. Files without front matter are left alone. */
export function readRunbooks(files: readonly RunbookFile[]): Shelf {
  const problems: string[] = [];
  const runbooks = files.flatMap((file): Runbook[] => {
    if ('problem' in file) {
      problems.push(`Runbook ${file.path} was left out: ${redact(file.problem)}.`);
      return [];
    }
    const { path, text } = file;
    const lines = text.split(/\r\n|\n|\r/);
    const head = readFrontMatter(lines);
    if (head.kind === 'none') return [];
    if (head.kind === 'broken') {
      problems.push(`Runbook ${path} was left out: line ${head.line}: ${redact(head.message)}.`);
      return [];
    }
    const blank = lines.slice(head.bodyLine - 1).findIndex((one) => one.trim() !== '');
    const line = head.bodyLine + Math.max(0, blank);
    const body = lines.slice(line - 1);
    return [
      {
        path,
        title: redact((head.title ?? headingIn(body) ?? path.split(/[\\/]/).at(-1) ?? path).slice(0, 200)),
        conditions: head.conditions,
        lines,
        line,
        commands: commandsIn(body, line),
      },
    ];
  });
  return { runbooks, problems };
}

function headingIn(body: readonly string[]): string | undefined {
  const title = body
    .map((line) => /^#[ \t]+(.*?)[ \t]*#*[ \t]*$/.exec(line)?.[1])
    .find((one) => one !== undefined);
  return title === '' ? undefined : title;
}
