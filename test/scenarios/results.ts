/** The table of what was found out, as people read it and as it is kept. Pure. */
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import type { GroundName } from './ground.ts';
import { questions } from './rehearsal.ts';
import type { Answers } from './rehearsal.ts';

/** One scenario on one cluster. */
export interface Row {
  readonly scenario: Pick<Scenario, 'number' | 'name'>;
  readonly ground: GroundName;
  /** Why it was not played; then there are no answers. */
  readonly notPlayed?: string;
  readonly answers: Answers;
  /** Why the whole run fails by it; sentences. */
  readonly faults: readonly string[];
}

/** A line of the table: number and name, cluster, then an answer to each question. */
type Line = readonly string[];

const headings: Readonly<Record<(typeof questions)[number], string>> = {
  control: 'control',
  fixes: 'right fixes',
  wrong: 'wrong fixes',
  cause: 'cause',
  fix: 'remedy proposed',
  plan: 'plan mode',
  approval: 'approval mode',
  yolo: 'YOLO mode',
};

export function lineOf({ scenario, ground, notPlayed, answers }: Row): Line {
  const cells = questions.map((question) =>
    notPlayed === undefined ? (answers[question]?.says ?? '') : 'not played',
  );
  return [`${String(scenario.number)} ${scenario.name}`, ground, ...cells];
}

/** The table in Markdown, its columns aligned so that it reads well in a terminal too. */
export function table(lines: readonly Line[]): string {
  const head = ['scenario', 'on', ...questions.map((question) => headings[question])];
  const all = [head, ...lines.map((line) => line.map((cell) => cell.replaceAll('|', '\\|')))];
  const widths = head.map((_, column) => Math.max(3, ...all.map((line) => (line[column] ?? '').length)));
  const shown = (line: Line): string =>
    `| ${widths.map((width, column) => (line[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [shown(head), rule, ...all.slice(1).map(shown)].join('\n');
}

/** How many of the scenarios that were played got each thing right. */
export function summary(rows: readonly Row[], ground: GroundName): string {
  const played = rows.filter((row) => row.ground === ground && row.notPlayed === undefined);
  const asked = questions.filter((question) => played.some(({ answers }) => answers[question]));
  const counts = asked.map((question) => {
    const right = played.filter(({ answers }) => answers[question]?.right === true).length;
    return `${headings[question]} ${String(right)}`;
  });
  return `Of ${String(played.length)} scenarios on ${ground} are right: ${counts.join(', ')}.`;
}

/** Whatever needs saying beside the table: what failed the run, what was not played, what was said instead. */
export function remarks(rows: readonly Row[]): string[] {
  return rows.flatMap(({ scenario, ground, notPlayed, answers, faults }) => [
    ...faults.map((fault) => `${scenario.name} on ${ground} FAILS: ${fault}`),
    ...(notPlayed === undefined ? [] : [`${scenario.name} on ${ground} was not played: ${notPlayed}.`]),
    ...Object.values(answers).flatMap(({ remark }) =>
      remark === undefined ? [] : [`${scenario.name} on ${ground}: ${remark}`],
    ),
  ]);
}

/** The page that is kept. */
export function page(rows: readonly Row[], notes: readonly string[]): string {
  return [
    '# The catalogue of incidents, played',
    '',
    'By `npm run scenarios`: every scenario on the practice cluster and on a real Kubernetes, with the built-in diagnosis.',
    'The control (no remedy at all), right fixes and wrong fixes prove the scenario itself; the fixes are carried out by hand.',
    'The other columns are what the product makes of the alert: the first finding, the first change that it proposes, and what',
    "comes of a run in each mode, in approval mode with everything approved. A run is judged by the scenario's own check over",
    'its settle window and by what else was changed. What is "not found" is not known to the built-in diagnosis yet.',
    '',
    ...notes.map((note) => `- ${note}`),
    '',
    table(rows.map(lineOf)),
    '',
  ].join('\n');
}
