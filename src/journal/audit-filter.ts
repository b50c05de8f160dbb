/** Whether a line of the audit log is asked for. Pure. */
import { automationWords, type AuditFilter, type AuditRow } from '../domain/audit-log.ts';

/** @returns tells of each row whether everything that the filter names holds of it */
export function matcher(filter: AuditFilter): (row: AuditRow) => boolean {
  const { outcome, risk, from, before } = filter;
  const incident = within(filter.incident);
  const actor = within(filter.actor);
  const context = within(filter.context);
  const text = within(filter.text);
  return (row) =>
    (outcome === undefined || row.entry.outcome === outcome) &&
    (from === undefined || row.entry.time >= from) &&
    (before === undefined || row.entry.time < before) &&
    // Only steps have a risk and happen in a context.
    (risk === undefined || (row.kind === 'step' && row.entry.risk.riskLevel === risk)) &&
    context(() => (row.kind === 'step' ? [row.entry.context] : [])) &&
    actor(() => actorsOf(row)) &&
    incident(() => incidentOf(row)) &&
    text(() => wordsOf(row));
}

/** Nothing asked for is found in everything. */
function within(wanted: string | undefined): (texts: () => readonly (string | undefined)[]) => boolean {
  const word = wanted?.trim().toLowerCase() ?? '';
  if (word === '') return () => true;
  return (texts) => texts().some((text) => text?.toLowerCase().includes(word) === true);
}

function incidentOf(row: AuditRow): readonly string[] {
  switch (row.kind) {
    case 'step':
      return [row.entry.incidentId, row.entry.incidentTitle];
    case 'write-back':
      return [row.entry.incidentId];
    case 'automation':
      return [];
  }
}

function actorsOf(row: AuditRow): readonly (string | undefined)[] {
  if (row.kind !== 'step') return [row.entry.by.name];
  const { triggeredBy, approvedBy, decision } = row.entry;
  // The panel says so in the place of a name.
  const automatic = approvedBy === undefined && decision.outcome === 'execute' ? 'automatic' : undefined;
  return [triggeredBy.name, approvedBy?.name, automatic];
}

function wordsOf(row: AuditRow): readonly (string | undefined)[] {
  if (row.kind === 'write-back') {
    const { incidentId, what, message, text, by } = row.entry;
    return [incidentId, what, message, text, by.name, 'PagerDuty'];
  }
  if (row.kind === 'automation') {
    const { what, message, by } = row.entry;
    return [automationWords[what], message, by.name];
  }
  const { entry } = row;
  return [
    entry.command,
    entry.incidentTitle,
    entry.incidentId,
    entry.message,
    entry.action,
    entry.namespace,
    entry.decision.reason,
    entry.risk.reason,
    entry.runId,
    entry.verification?.message,
    entry.undo?.command,
    entry.output,
  ];
}
