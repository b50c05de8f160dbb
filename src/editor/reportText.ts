/** The report of an incident as Markdown: a pure function of what the journal holds. */
import type { Evidence, EvidenceSource } from '../domain/diagnosis.ts';
import { noConfidence } from '../domain/authorship.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { ChainStatus } from '../ipc/audit.ts';
import { actorWords, engineWords, type IncidentReport, type ReportEvent } from '../journal/report.ts';
import type { RunState } from '../journal/run-fold.ts';
import { code, fenced, md } from './markdown.ts';
import { clock, executed, outputOf } from './reportStep.ts';
import { duration, percent } from '../domain/words.ts';

/** What is said besides what the journal holds of the incident. */
export interface ReportSurroundings {
  /** Whether the journal is whole. */
  readonly chain: ChainStatus;
  /** A rehearsal, not production. */
  readonly practice: boolean;
  readonly now: Date;
}

const evidenceLines = 20;
const evidenceShown = 40;

/** The document's text. */
export function renderReport(report: IncidentReport, { chain, practice, now }: ReportSurroundings): string {
  return [
    `# Incident report: ${md(report.title, 200)}`,
    '',
    ...(practice ? ['**A rehearsal: this incident and its cluster were stand-ins.**', ''] : []),
    `Made by Oncall Agent from its journal at ${clock(now.toISOString())}. All times are UTC. What the alert, the cluster and people said stands in it as text.`,
    '',
    ...facts(report),
    '',
    '## Summary',
    '',
    ...summary(report),
    '',
    ...times(report),
    '',
    '## Cause',
    '',
    ...cause(report),
    '',
    '## Timeline',
    '',
    ...report.timeline.map((event) => timelineLine(event, report.runs.length > 1)),
    ...report.runs.flatMap((run, index) => ['', ...runSection(run, index + 1, report.runs.length)]),
    ...evidenceSection(report),
    '',
    '## Audit log',
    '',
    `${chain.intact ? 'The hash chains of the journal are whole' : '**The journal was changed after it was written**'}: ${md(chain.message)}.`,
    '',
  ].join('\n');
}

function facts(report: IncidentReport): string[] {
  const last = report.runs.at(-1);
  const target = report.runs.findLast((run) => run.target !== undefined)?.target;
  const contexts = distinct(report.runs.map(({ started }) => started?.data.context));
  const modes = distinct(report.runs.map(({ started }) => started?.data.mode));
  return table([
    ['Incident', md(report.incidentId, 100)],
    ['Service', md(report.service ?? 'not known', 200)],
    ['Urgency', md(report.urgency ?? 'not known', 40)],
    ['Object', target === undefined ? 'not known' : md(describeRef(target), 300)],
    ['Context', contexts.map((context) => md(context, 200)).join(', ') || 'not known'],
    ['Mode', modes.map((mode) => md(mode, 40)).join(', ') || 'not known'],
    ['Runs', String(report.runs.length)],
    ['State', last?.phase ?? 'not known'],
  ]);
}

function summary({ runs, diagnosedBy }: IncidentReport): string[] {
  const last = runs.at(-1);
  const ran = runs.flatMap(({ attempts }) => attempts).filter(({ execution }) => execution !== undefined);
  const verified = ran.filter(({ verification }) => verification?.verified === true).length;
  const undone = ran.filter(({ state }) => state === 'undone').length;
  const why = diagnosedBy?.diagnosis?.rootCause ?? '';
  return [
    `**Cause:** ${why === '' ? 'not known.' : md(why, 2000)}`,
    '',
    `**Outcome:** ${last?.phase ?? 'not known'}${last?.message === undefined ? '' : `. ${md(last.message)}`}`,
    '',
    `**Commands:** ${ran.length} run, ${verified} verified${undone === 0 ? '' : `, ${undone} undone afterwards`}.`,
  ];
}

function times(report: IncidentReport): string[] {
  const { from, acknowledgedAt, diagnosedAt, mitigatedAt, overUntil } = report;
  const paged = from.what === 'paged';
  const row = (what: string, time: string | undefined, missing: string): [string, string, string] =>
    time === undefined ? [what, missing, ''] : [what, clock(time), after(from.time, time)];
  return [
    ...table(
      [
        [paged ? 'Paged' : 'First run begun', clock(from.time), ''],
        ...(paged ? [row('First run begun', report.runs[0]?.startedAt, '')] : []),
        row('Acknowledged', acknowledgedAt, 'not by Oncall Agent'),
        row('Diagnosed', diagnosedAt, 'no cause was named'),
        ...(overUntil === undefined
          ? [row('Mitigated', mitigatedAt, 'not verified to be over')]
          : [
              row('Verified to be over', overUntil.verifiedAt, ''),
              row(`No longer so: ${overUntil.why}`, overUntil.until, ''),
            ]),
      ],
      ['', 'Time', `After ${paged ? 'the page' : 'the first run began'}`],
    ),
    '',
    paged
      ? 'Counted from when PagerDuty opened the incident.'
      : 'Counted from when the first run began: when PagerDuty opened the incident is not known here.',
  ];
}

function cause({ diagnosedBy }: IncidentReport): string[] {
  const diagnosis = diagnosedBy?.diagnosis;
  if (diagnosis === undefined) return ['There was no diagnosis.'];
  const cited = (ids: readonly string[]) =>
    ids.length === 0 ? '' : ` (${ids.map((id) => md(id, 40)).join(', ')})`;
  return [
    `${md(diagnosis.summary, 2000)}`,
    '',
    `Root cause (${engineWords(diagnosis.engine)}): ${diagnosis.rootCause === '' ? 'not known.' : md(diagnosis.rootCause, 2000)}`,
    ...list(
      'Facts',
      diagnosis.findings.map(
        ({ name, summary: said, evidence }) => `**${md(name, 60)}** ${md(said)}${cited(evidence)}`,
      ),
    ),
    ...list(
      'Guesses',
      diagnosis.hypotheses.map(({ statement, evidence }) => `${md(statement)}${cited(evidence)}`),
    ),
    ...list(
      'To know',
      diagnosis.notes.map((note) => md(note)),
    ),
    ...list(
      'Not readable',
      diagnosis.gaps.map(({ what, reason }) => `${md(what, 300)}: ${md(reason, 300)}`),
    ),
  ];
}

function evidenceSection({ diagnosedBy }: IncidentReport): string[] {
  const all = diagnosedBy?.diagnosis?.evidence ?? [];
  if (all.length === 0) return [];
  return [
    '',
    '## Evidence',
    ...all.slice(0, evidenceShown).flatMap(evidence),
    ...(all.length > evidenceShown
      ? ['', `… and ${all.length - evidenceShown} more pieces in the journal.`]
      : []),
  ];
}

function evidence({ id, source, summary: said, detail, time }: Evidence): string[] {
  return [
    '',
    `**${md(id, 40)}** ${md(said, 500)} — ${md(sourceWords(source), 400)}${time === undefined ? '' : `, ${clock(time)}`}`,
    '',
    ...(detail.trim() === '' ? [] : fenced(detail, evidenceLines)),
  ];
}

function sourceWords(source: EvidenceSource): string {
  switch (source.type) {
    case 'object':
      return `${describeRef(source.ref)}, ${source.path}`;
    case 'event':
      return `event ${source.reason} of ${describeRef(source.ref)}`;
    case 'logs':
      return `log of ${describeRef(source.ref)}, container ${source.container}${source.previous ? ', before its restart' : ''}`;
    case 'list':
      return `list of ${source.ref.kind}${source.ref.namespace === undefined ? '' : ` in ${source.ref.namespace}`}`;
    case 'review':
      return `access review of ${describeRef(source.ref)}, ${source.verb} ${source.resource}`;
    case 'runbook':
      return `runbook ${source.path}, line ${source.line}`;
    case 'pagerduty':
      return `PagerDuty, ${source.what} ${source.id}`;
  }
}

function timelineLine({ time, text, command, by, run }: ReportEvent, several: boolean): string {
  return [
    `- ${clock(time)}`,
    ...(several && run !== undefined ? [`run ${run}`] : []),
    `${md(text)}${command === undefined ? '' : `: ${code(command)}`}${by === undefined ? '' : ` (${md(by, 80)})`}`,
  ].join(' · ');
}

function runSection(run: RunState, number: number, of: number): string[] {
  const { started, target, attempts, strays } = run;
  const ran = attempts.filter(({ execution }) => execution !== undefined);
  const others = attempts.filter(({ execution }) => execution === undefined);
  return [
    `## Run ${number} of ${of}`,
    '',
    ...table([
      ['Run', md(run.runId, 100)],
      [
        'Begun',
        `${clock(run.startedAt)}, by ${started === undefined ? 'somebody that the journal has lost' : md(actorWords(started.actor), 120)}`,
      ],
      [
        'Ended',
        run.endedAt === undefined
          ? 'not'
          : `${clock(run.endedAt)}, after ${duration(span(run.startedAt, run.endedAt))}`,
      ],
      ['Outcome', `${run.phase}${run.message === undefined ? '' : `: ${md(run.message)}`}`],
      ...(target === undefined
        ? []
        : [
            ['Object', `${md(describeRef(target), 300)} (${md(run.targetReason ?? '', 300)})`] as [
              string,
              string,
            ],
          ]),
      ...(run.targetDoubt === undefined ? [] : [['In doubt', md(run.targetDoubt)] as [string, string]]),
    ]),
    ...ran.flatMap((attempt) => executed(run, attempt)),
    ...strays.flatMap(({ time, data, result }) => [
      '',
      `### ${code(data.argv.join(' '))}`,
      '',
      `- Run at ${clock(time)}; the plan that it belongs to is missing from the journal`,
      ...(result === undefined
        ? ['- Its end was not seen: its outcome is unknown']
        : [`- Exit code ${result.exitCode}`]),
      ...(result === undefined ? [] : outputOf(result.output)),
    ]),
    ...(ran.length + strays.length === 0 ? ['', 'Nothing was run.'] : []),
    ...list(
      'Not run',
      others.map(
        ({ step, state, message, approvedBy }) =>
          `${code(step.command)} · ${step.risk.riskLevel} risk, ${step.editedBy === undefined ? `confidence ${percent(step.confidence)}` : md(noConfidence(step.editedBy), 200)} · ${state}: ${md(message)} · decision ${step.decision.outcome}: ${md(step.decision.reason)}${approvedBy === undefined ? '' : ` · approved by ${md(approvedBy.name, 80)}`}`,
      ),
    ),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `### ${title}`, '', ...lines.map((line) => `- ${line}`)];
}

/** Rows of cells that are Markdown already. */
function table(rows: readonly (readonly string[])[], head: readonly string[] = ['', '']): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function span(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) || 0;
}

function after(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 0 ? 'before it' : hours(ms);
}

function hours(ms: number): string {
  return ms < 3_600_000
    ? duration(ms)
    : `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}
