/** Counts what was tried, and writes it down. */
import { columnOf, onlyRead, ruleFor, show, type Column, type Trial } from './judge.ts';
import { deedOf, deeds, type Deed } from './observe.ts';

const columns: readonly Column[] = ['low', 'medium', 'high', 'rejected'];
type Row = Deed | 'not run';

export interface Summary {
  readonly commands: number;
  readonly ran: number;
  /** Of the commands that were read-only in truth. */
  readonly readOnly: number;
  /** Read-only commands above low by a row of the risk table: how many by each row. */
  readonly ruled: ReadonlyMap<string, number>;
  /** Read-only commands above low or rejected that no row of the table explains. */
  readonly overCautious: readonly Trial[];
  readonly table: ReadonlyMap<Row, ReadonlyMap<Column, number>>;
}

export function summarize(trials: readonly Trial[]): Summary {
  const table = new Map<Row, Map<Column, number>>();
  const ruled = new Map<string, number>();
  const overCautious: Trial[] = [];
  let readOnly = 0;
  for (const trial of trials) {
    const row = trial.observed === undefined ? 'not run' : deedOf(trial.observed);
    const cells = table.get(row) ?? new Map<Column, number>();
    table.set(row, cells);
    const column = columnOf(trial.assessment);
    cells.set(column, (cells.get(column) ?? 0) + 1);
    if (!onlyRead(trial)) continue;
    readOnly++;
    if (column === 'low') continue;
    const rule = ruleFor(trial);
    if (rule === undefined) overCautious.push(trial);
    else ruled.set(rule, (ruled.get(rule) ?? 0) + 1);
  }
  const ran = trials.filter(({ observed }) => observed !== undefined).length;
  return { commands: trials.length, ran, readOnly, ruled, overCautious, table };
}

export function overCautionPercent({ overCautious, readOnly }: Summary): number {
  return readOnly === 0 ? 0 : (100 * overCautious.length) / readOnly;
}

/** The confusion table, in Markdown that reads well in a terminal too. */
export function confusionTable({ table }: Summary): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${String(cells[0]).padEnd(12)} | ${cells
      .slice(1)
      .map((cell) => String(cell).padStart(8))
      .join(' | ')} |`;
  const rows = [...deeds, 'not run' as const].filter((row) => table.has(row));
  return [
    line(['what it did', ...columns]),
    `| ------------ | ${columns.map(() => '-------:').join(' | ')} |`,
    ...rows.map((row) => line([row, ...columns.map((column) => table.get(row)?.get(column) ?? 0)])),
  ].join('\n');
}

const code = (text: string) =>
  (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``).replaceAll('\n', ' ⏎ ');

/** The whole page. Holds nothing that differs between two runs of the same commands. */
export function resultsPage(summary: Summary, versions: string): string {
  const { commands, ran, readOnly, ruled, overCautious } = summary;
  const percent = overCautionPercent(summary).toFixed(2);
  return `# Assessments against a real kubectl

Written by \`npm run test:kubectl\`. ${versions}

${commands} commands were assessed and ${ran} of them run. What they did is what a recorder before the API server and a look at the disk, the ports and the output saw; the columns are what \`assessCommand\` had said.

${confusionTable(summary)}

- change: a request that changes something and is no dry run. connection: exec, attach, port-forward or a proxy. disk, port, secret: left a file, listened, printed the planted value.
- read: nothing but reading requests. dry run: changing requests, every one a dry run. nothing: no request at all.
- not run: rejected, and not in the sample of rejected commands that is run all the same.

## Not over-cautious

${readOnly} commands succeeded and only read or rehearsed. ${overCautious.length} of them (${percent} %) were put above low, or rejected, without a row of the risk table that says so.
${overCautious.map(({ entry, assessment }) => `\n- ${code(show(entry))}: ${assessment.reason}`).join('')}

By a row of the table:

${[...ruled].map(([rule, count]) => `- ${rule}: ${count}`).join('\n')}
`;
}
