/** The audit log as JSON, CSV or a Markdown report, line by line. Pure. */
import {
  automationWords,
  describeFilter,
  type AuditFilter,
  type AuditRow,
  type WriteBackEntry,
} from '../domain/audit-log.ts';
import { verificationWords } from '../domain/verification.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { noConfidence, proposerWords } from '../domain/authorship.ts';
import { describeTransport } from '../domain/transport.ts';
import { percent } from '../domain/words.ts';
import type { ExportFormat } from '../ipc/audit.ts';
import { csvHead, csvLine } from '../journal/audit-csv.ts';
import { code, fenced, md } from './markdown.ts';
import { exact } from './text.ts';

/** What stands at the beginning of a file. */
export interface ExportHead {
  readonly filter: AuditFilter;
  /** Whether these are lines of rehearsals. */
  readonly practice: boolean;
  readonly now: Date;
}

export function auditHead(format: ExportFormat, { filter, practice, now }: ExportHead): string {
  switch (format) {
    case 'csv':
      return csvHead;
    case 'json':
      return `{"exportedAt":${JSON.stringify(now.toISOString())},"practice":${String(practice)},"filter":${JSON.stringify(filter)},"entries":[`;
    case 'markdown':
      return [
        `# Audit log${practice ? ' of rehearsals' : ''}`,
        '',
        `Exported ${now.toISOString()}, newest first: ${md(describeFilter(filter) ?? 'everything')}.`,
        '',
        '',
      ].join('\n');
  }
}

/** @param first whether no line came before */
export function auditLine(format: ExportFormat, row: AuditRow, first: boolean): string {
  switch (format) {
    case 'csv':
      return csvLine(row);
    case 'json':
      return `${first ? '' : ','}\n${JSON.stringify({ kind: row.kind, ...row.entry })}`;
    case 'markdown':
      return `${linesOf(row).join('\n')}\n\n`;
  }
}

/** @param lines how many there were */
export function auditTail(format: ExportFormat, lines: number): string {
  switch (format) {
    case 'csv':
      return '';
    case 'json':
      return '\n]}\n';
    case 'markdown':
      return `${lines} ${lines === 1 ? 'entry' : 'entries'}.\n`;
  }
}

function linesOf(row: AuditRow): string[] {
  switch (row.kind) {
    case 'step':
      return stepLines(row.entry);
    case 'write-back':
      return writeBackLines(row.entry);
    case 'automation': {
      const { time, what, by, message } = row.entry;
      return [
        `## ${time} · ${automationWords[what]}`,
        '',
        ...bullet('By', md(by.name, 120)),
        ...bullet('Result', md(message)),
      ];
    }
  }
}

const bullet = (name: string, value: string | undefined): string[] =>
  value === undefined || value === '' ? [] : [`- ${name}: ${value}`];

function stepLines(entry: AuditEntry): string[] {
  const { transport, verification, undo, interruption } = entry;
  return [
    `## ${entry.time} · ${entry.outcome}`,
    '',
    code(exact(entry.command)),
    '',
    ...bullet('Incident', `${md(entry.incidentTitle, 200)} (${md(entry.incidentId, 60)})`),
    ...bullet('Result', md(entry.message)),
    ...bullet(
      'Context',
      md(entry.namespace ? `${entry.context}, namespace ${entry.namespace}` : entry.context),
    ),
    ...bullet('Risk', `${entry.risk.riskLevel}: ${md(entry.risk.reason)}`),
    ...authorship(entry),
    ...bullet(
      'Confidence',
      entry.editedBy !== undefined
        ? md(noConfidence(entry.editedBy), 200)
        : entry.confidence === undefined
          ? undefined
          : percent(entry.confidence),
    ),
    ...bullet('Decision', `${entry.decision.outcome}: ${md(entry.decision.reason)}`),
    ...bullet('Triggered by', md(entry.triggeredBy.name, 120)),
    ...bullet('Approved by', entry.approvedBy && md(entry.approvedBy.name, 120)),
    ...bullet('Transport', transport && md(describeTransport({ ...entry, transport }))),
    ...bullet('Exit code', entry.exitCode?.toString()),
    ...bullet('Duration', entry.durationMs === undefined ? undefined : `${entry.durationMs} ms`),
    ...bullet(
      'Verification',
      verification && `${verificationWords(verification)}: ${md(verification.message)}`,
    ),
    ...bullet('Undo', undo && `${code(undo.command)}${undo.undone ? ' (undone)' : ''}`),
    ...bullet('Checked', interruption && `${interruption.result}: ${md(interruption.message)}`),
    ...bullet('Run', md(entry.runId, 80)),
    ...(entry.output ? ['', ...fenced(entry.output, 200)] : []),
  ];
}

/** Who proposed the command, and who changed it. */
function authorship({ command, proposed, edits }: AuditEntry): string[] {
  return [
    ...bullet(
      'Proposed',
      proposed &&
        `by ${proposerWords(proposed.by)}${proposed.command === command ? '' : `: ${code(exact(proposed.command))}`}`,
    ),
    ...(edits ?? []).flatMap(({ by, time, command: written }) =>
      bullet('Edited', `by ${md(by, 120)} at ${md(time, 40)}: ${code(exact(written))}`),
    ),
  ];
}

function writeBackLines(entry: WriteBackEntry): string[] {
  return [
    `## ${entry.time} · PagerDuty, ${entry.what}: ${entry.outcome}`,
    '',
    ...bullet('Incident', md(entry.incidentId, 60)),
    ...bullet('Wanted by', md(entry.by.name, 120)),
    ...bullet('Result', md(entry.message)),
    ...bullet('Run', entry.runId && md(entry.runId, 80)),
    ...(entry.text ? ['', ...fenced(entry.text, 100)] : []),
  ];
}
