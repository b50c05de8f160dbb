/** The runbooks that fit an incident: as evidence that can be opened and cited, and as commands filled in for its target. */
import type { Evidence } from '../../domain/diagnosis.ts';
import { redact } from '../../domain/redaction.ts';
import type { MatchedRunbook, RunbookFile } from '../../domain/runbook.ts';
import { byCloseness, fitOf, type RunbookSubject } from './match.ts';
import { fillIn, type PlaceholderValues } from './placeholders.ts';
import { readRunbooks, type Runbook } from './runbook.ts';

/** More would be no help to a tired person. */
const mostRunbooks = 5;
const mostCommands = 12;
/** Characters of a runbook that are kept in the journal and given to a model. */
const mostText = 12_000;

export interface FittingRunbooks {
  readonly runbooks: readonly MatchedRunbook[];
  /** Each runbook, then its sections with commands. */
  readonly evidence: readonly Evidence[];
  /** What people must know: files that are broken, runbooks and commands that are too many. */
  readonly notes: readonly string[];
}

/**
 * The closest first. Ids of their evidence (`r1`, `r1-12` for the section at line 12) never meet those of what was seen in the cluster.
 */
export function fittingRunbooks(
  files: readonly RunbookFile[],
  subject: RunbookSubject,
  values: PlaceholderValues,
): FittingRunbooks {
  const { runbooks, problems } = readRunbooks(files);
  const fitting = matching(runbooks, subject);
  const notes = [...problems];
  if (fitting.length > mostRunbooks) {
    notes.push(`${fitting.length - mostRunbooks} more runbooks fit less closely and are not shown.`);
  }
  let room = mostCommands;
  let left = 0;
  const evidence: Evidence[] = [];
  const matched = fitting.slice(0, mostRunbooks).map(({ runbook, why }, index): MatchedRunbook => {
    const { path, title, line, commands } = runbook;
    const id = `r${index + 1}`;
    const taken = commands.slice(0, room);
    room -= taken.length;
    left += commands.length - taken.length;
    evidence.push(
      evidenceOf(runbook, id, line, runbook.lines.length + 1, `runbook ${title}: ${why.join(', ')}`),
      ...[...new Map(taken.map((one) => [one.headingLine, one.heading]))]
        .filter(([at]) => at !== line)
        .map(([at, heading]) =>
          evidenceOf(
            runbook,
            `${id}-${at}`,
            at,
            endOf(runbook, at),
            `runbook ${title}, section ${redact(heading)}`,
          ),
        ),
    );
    return {
      evidence: id,
      title,
      path,
      line,
      why,
      commands: taken.map((one) => ({
        ...fillIn(one.text, values),
        heading: one.heading === '' ? title : redact(one.heading),
        line: one.line,
        evidence: one.headingLine === line ? id : `${id}-${one.headingLine}`,
      })),
    };
  });
  if (left > 0)
    notes.push(`${left} more commands of runbooks are not made into steps: open the runbook to see them.`);
  return { runbooks: matched, evidence, notes };
}

/** The runbooks that fit, the closest first, with the reasons. */
export function matching(
  runbooks: readonly Runbook[],
  subject: RunbookSubject,
): { readonly runbook: Runbook; readonly why: readonly string[] }[] {
  return runbooks
    .flatMap((runbook) => {
      const fit = fitOf(runbook.conditions, subject);
      return fit === undefined ? [] : [{ runbook, fit, why: fit.why }];
    })
    .sort((a, b) => byCloseness(a.fit, b.fit) || (a.runbook.path < b.runbook.path ? -1 : 1));
}

/** @param from first line, from 1; @param to the line after the last */
function evidenceOf(
  { path, lines }: Runbook,
  id: string,
  from: number,
  to: number,
  summary: string,
): Evidence {
  const text = redact(
    lines
      .slice(from - 1, to - 1)
      .join('\n')
      .trim(),
  );
  return {
    id,
    source: { type: 'runbook', path, line: from },
    summary,
    detail: text.length > mostText ? `${text.slice(0, mostText)}\n… the rest is in the file` : text,
  };
}

/** The line of the next section with commands, or the one after the file's end. */
function endOf({ commands, lines }: Runbook, from: number): number {
  const next = commands.map(({ headingLine }) => headingLine).filter((line) => line > from);
  return Math.min(...next, lines.length + 1);
}
