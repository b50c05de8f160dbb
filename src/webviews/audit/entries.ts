/** The lines, as a table that the arrow keys walk through. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { automationWords, type AuditRow } from '../../domain/audit-log.ts';
import type { FromAudit } from '../../ipc/audit.ts';
import { clockTime } from '../words.ts';
import { outcomeLabels } from './filters.ts';
import { approver, automationDetails, stepDetails, writeBackDetails, writeBackWords } from './details.ts';

export interface ShownEntries {
  readonly rows: readonly AuditRow[];
  readonly practice: boolean;
  /** The keys of the lines whose details are open. */
  readonly open: ReadonlySet<string>;
  /** The key of the line that the keyboard comes to. */
  readonly at: string;
  toggle(key: string): void;
  /** The keyboard is at another line. */
  goTo(key: string): void;
  send(message: FromAudit): void;
}

/** Nobody shall take a rehearsal for the real thing. */
export const practiceBadge = html`<span class="badge practice">practice</span>`;

export function table(shown: ShownEntries): TemplateResult {
  // One line is reached by Tab, the others from there by the arrow keys.
  const at = shown.rows.some(({ key }) => key === shown.at) ? shown.at : shown.rows[0]?.key;
  return html`<table class="entries" aria-label="Audit log" @keydown=${walk}>
    <thead>
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Outcome</th>
        <th scope="col">Command</th>
        <th scope="col">Risk</th>
        <th scope="col">Approved</th>
        <th scope="col">Incident</th>
      </tr>
    </thead>
    ${repeat(
      shown.rows,
      ({ key }) => key,
      (row) => lines(row, shown, row.key === at),
    )}
  </table>`;
}

/** Up and down between lines, to the first and to the last. */
function walk(event: KeyboardEvent): void {
  const place = (event.target as HTMLElement).closest('tbody');
  // What is written in an output has arrow keys of its own.
  if (place === null || (event.target as HTMLElement).matches('.output')) return;
  const all = place.parentElement?.querySelectorAll('tbody');
  const next = {
    ArrowDown: place.nextElementSibling,
    ArrowUp: place.previousElementSibling,
    Home: all?.[0],
    End: all?.[all.length - 1],
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next?.querySelector<HTMLElement>('button.command')?.focus();
}

const icons: Partial<Record<AuditRow['entry']['outcome'], string>> = {
  verified: 'pass-filled',
  done: 'check',
  failed: 'error',
  interrupted: 'warning',
  'not-seen': 'question',
  refused: 'circle-slash',
  undone: 'discard',
  'awaiting-approval': 'person',
  written: 'cloud-upload',
  already: 'check',
  'given-up': 'error',
  waiting: 'clock',
};

/** The run and the incident that a line is about; what is done to all automation is about none. */
function incidentOf(row: AuditRow): { readonly runId?: string | undefined; readonly incident: string } {
  switch (row.kind) {
    case 'step':
      return { runId: row.entry.runId, incident: row.entry.incidentTitle };
    case 'write-back':
      return { runId: row.entry.runId, incident: row.entry.incidentId };
    case 'automation':
      return { incident: '–' };
  }
}

/** What was done: a command, or words. */
function deedOf(row: AuditRow): TemplateResult | string {
  switch (row.kind) {
    case 'step':
      return html`<code>${row.entry.command}</code>`;
    case 'write-back':
      return writeBackWords[row.entry.what];
    case 'automation':
      return automationWords[row.entry.what];
  }
}

function detailsOf(row: AuditRow, send: ShownEntries['send']): TemplateResult {
  switch (row.kind) {
    case 'step':
      return stepDetails(row.entry, send);
    case 'write-back':
      return writeBackDetails(row.entry, send);
    case 'automation':
      return automationDetails(row.entry);
  }
}

/** An entry is a body of the table: its line, and its details while they are open. */
function lines(row: AuditRow, shown: ShownEntries, isAt: boolean): TemplateResult {
  const { key, entry } = row;
  const isOpen = shown.open.has(key);
  const tabindex = isAt ? 0 : -1;
  const { runId, incident } = incidentOf(row);
  return html`<tbody class=${row.kind}>
    <tr>
      <td title=${entry.time}>${clockTime(entry.time)}</td>
      <td class="outcome ${entry.outcome}">
        <span class="codicon codicon-${icons[entry.outcome] ?? 'circle-outline'}" aria-hidden="true"></span>
        ${outcomeLabels[entry.outcome] ?? entry.outcome}
      </td>
      <td>
        <button
          class="command"
          tabindex=${tabindex}
          aria-expanded=${isOpen}
          @click=${() => shown.toggle(key)}
          @focus=${() => shown.goTo(key)}
        >
          <span class="codicon codicon-chevron-${isOpen ? 'down' : 'right'}" aria-hidden="true"></span>
          ${deedOf(row)}
        </button>
      </td>
      <td>
        ${
          row.kind === 'step'
            ? html`<span class="badge risk-${row.entry.risk.riskLevel}" title=${row.entry.risk.reason}
                >${row.entry.risk.riskLevel}</span
              >`
            : '–'
        }
      </td>
      <td>${row.kind === 'step' ? approver(row.entry) : row.entry.by.name}</td>
      <td>
        ${
          runId === undefined
            ? incident
            : html`<button
                class="link"
                tabindex=${tabindex}
                @click=${() => shown.send({ type: 'showRun', runId })}
              >
                ${incident}
              </button>`
        }
        ${shown.practice ? practiceBadge : nothing}
      </td>
    </tr>
    ${
      isOpen
        ? html`<tr class="details">
            <td colspan="6">${detailsOf(row, shown.send)}</td>
          </tr>`
        : nothing
    }
  </tbody>`;
}
