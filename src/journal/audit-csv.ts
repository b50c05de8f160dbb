/** Lines of the audit log as CSV (RFC 4180) that a spreadsheet may open. Pure. */
import type { AuditRow } from '../domain/audit-log.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { exact } from '../domain/plain.ts';

const columns = [
  'time',
  'kind',
  'incident',
  'incident title',
  'run',
  'step',
  'action',
  'command',
  'context',
  'namespace',
  'risk',
  'risk reason',
  'confidence',
  'decision',
  'decision reason',
  'triggered by',
  'approved by',
  'transport',
  'outcome',
  'message',
  'exit code',
  'duration ms',
  'verified',
  'verification',
  'undo',
  'undone',
  'output',
  'proposed by',
  'proposed command',
  'edited by',
  'edited at',
] as const;
type Column = (typeof columns)[number];
type Cells = Partial<Record<Column, string | number | boolean | undefined>>;

/**
 * What begins like this a spreadsheet computes instead of showing it (OWASP, "CSV Injection"), after blanks too, and in
 * East Asian widths as well.
 */
const formula = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** The first line. */
export const csvHead = `${columns.map(cell).join(',')}\r\n`;

export function csvLine(row: AuditRow): string {
  const cells = cellsOf(row);
  return `${columns.map((column) => cell(cells[column])).join(',')}\r\n`;
}

function cellsOf(row: AuditRow): Cells {
  switch (row.kind) {
    case 'step':
      return stepCells(row);
    case 'write-back':
      return writeBackCells(row);
    case 'automation': {
      const { time, what, by, outcome, message } = row.entry;
      return { time, kind: row.kind, action: what, 'triggered by': by.name, outcome, message };
    }
  }
}

function stepCells({ entry }: Extract<AuditRow, { kind: 'step' }>): Cells {
  return {
    time: entry.time,
    kind: 'step',
    incident: entry.incidentId,
    'incident title': entry.incidentTitle,
    run: entry.runId,
    step: entry.stepId,
    action: entry.action,
    command: entry.command,
    context: entry.context,
    namespace: entry.namespace,
    risk: entry.risk.riskLevel,
    'risk reason': entry.risk.reason,
    confidence: entry.confidence,
    decision: entry.decision.outcome,
    'decision reason': entry.decision.reason,
    'triggered by': entry.triggeredBy.name,
    'approved by': entry.approvedBy?.name,
    transport: entry.transport,
    outcome: entry.outcome,
    message: entry.message,
    'exit code': entry.exitCode,
    'duration ms': entry.durationMs,
    // Empty where it could not be seen: that is no "false".
    verified: entry.verification?.outcome === 'not-seen' ? undefined : entry.verification?.verified,
    verification: entry.verification?.message,
    undo: entry.undo?.command,
    undone: entry.undo?.undone,
    output: entry.output,
    ...authorshipCells(entry),
  };
}

/** Each edit with its author and its time, in order. */
function authorshipCells({ proposed, edits = [] }: AuditEntry): Cells {
  return {
    'proposed by': proposed?.by,
    'proposed command': proposed?.command,
    'edited by': edits.map(({ by }) => by).join('\n') || undefined,
    'edited at': edits.map(({ time }) => time).join('\n') || undefined,
  };
}

function writeBackCells({ entry }: Extract<AuditRow, { kind: 'write-back' }>): Cells {
  return {
    time: entry.time,
    kind: 'write-back',
    incident: entry.incidentId,
    run: entry.runId,
    action: entry.what,
    'triggered by': entry.by.name,
    outcome: entry.outcome,
    message: entry.message,
    output: entry.text,
  };
}

/** A quoted cell. A text that a spreadsheet would compute gets an apostrophe before it, which makes it a text there. */
function cell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const shown = value
    .split(/\r\n|\n|\r/)
    .map(exact)
    .join('\n');
  const text = formula.test(shown) || formula.test(value) ? `'${shown}` : shown;
  return `"${text.replaceAll('"', '""')}"`;
}
