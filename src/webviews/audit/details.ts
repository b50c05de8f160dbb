/** What is known of a line: of a step, of what PagerDuty was told, and of what was done to all automation. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AutomationEntry, WriteBackEntry } from '../../domain/audit-log.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { noConfidence, proposerWords } from '../../domain/authorship.ts';
import { canBeChecked, interruptionWords } from '../../domain/interruption.ts';
import { describeTransport } from '../../domain/transport.ts';
import { verificationWords } from '../../domain/verification.ts';
import type { FromAudit } from '../../ipc/audit.ts';
import { duration, percent } from '../../domain/words.ts';
import { clockTime } from '../words.ts';

type Send = (message: FromAudit) => void;

const line = (name: string, value: string | undefined) =>
  value === undefined || value === ''
    ? nothing
    : html`<dt>${name}</dt>
        <dd>${value}</dd>`;

const commandLine = (name: string, command: string | undefined) =>
  command === undefined
    ? nothing
    : html`<dt>${name}</dt>
        <dd><code>${command}</code></dd>`;

/** What was claimed for the command; what a person wrote has none. */
const confidence = ({ confidence: claimed, editedBy }: AuditEntry): string | undefined =>
  editedBy !== undefined ? noConfidence(editedBy) : claimed === undefined ? undefined : percent(claimed);

/** What ran and was not taken back yet; what was only planned has nothing to undo. */
const undoable: ReadonlySet<AuditEntry['outcome']> = new Set([
  'verified',
  'done',
  'failed',
  'interrupted',
  'not-seen',
]);

export function stepDetails(entry: AuditEntry, send: Send): TemplateResult {
  const { runId, stepId } = entry;
  return html`<dl>
      ${line('Result', entry.message)}
      ${line('Context', `${entry.context}${entry.namespace ? `, namespace ${entry.namespace}` : ''}`)}
      ${line('Decision', `${entry.decision.outcome}: ${entry.decision.reason}`)}
      ${line('Proposed by', entry.proposed && proposerWords(entry.proposed.by))}
      ${entry.edits === undefined ? nothing : commandLine('Proposed', entry.proposed?.command)}
      ${entry.edits?.map(({ by, time, command }) => commandLine(`Edited by ${by} at ${clockTime(time)}`, command))}
      ${line('Confidence', confidence(entry))} ${line('Risk', entry.risk.reason)}
      ${line('Triggered by', entry.triggeredBy.name)} ${line('Approved by', approver(entry))}
      ${line('Transport', entry.transport && describeTransport({ ...entry, transport: entry.transport }))}
      ${line('Exit code', entry.exitCode === undefined ? undefined : String(entry.exitCode))}
      ${line('Duration', entry.durationMs === undefined ? undefined : duration(entry.durationMs))}
      ${line(
        'Verification',
        entry.verification && `${verificationWords(entry.verification)}: ${entry.verification.message}`,
      )}
      ${entry.verification?.evidence?.map((seen) => line('Last seen', seen))}
      ${
        entry.undo
          ? html`<dt>Undo</dt>
              <dd><code>${entry.undo.command}</code>${entry.undo.undone ? ' (undone)' : ''}</dd>`
          : nothing
      }
      ${line(
        'Checked',
        entry.interruption &&
          `${interruptionWords(entry.interruption.result)}: ${entry.interruption.message} (${entry.interruption.by}, ${clockTime(entry.interruption.time)})`,
      )}
      ${line('Run', runId)}
    </dl>
    ${entry.output ? html`<pre class="output" tabindex="0" aria-label="Output">${entry.output}</pre>` : nothing}
    <p class="actions">
      ${
        canBeChecked(entry.outcome)
          ? html`<vscode-button
              icon="search"
              @click=${() => send({ type: 'checkInterrupted', runId, stepId })}
              >Check the Cluster</vscode-button
            >`
          : nothing
      }
      ${
        entry.undo && entry.undo.noUndo === undefined && undoable.has(entry.outcome)
          ? html`<vscode-button secondary icon="discard" @click=${() => send({ type: 'undo', runId, stepId })}
              >Undo…</vscode-button
            >`
          : nothing
      }
      <vscode-button secondary icon="markdown" @click=${() => send({ type: 'report', runId })}
        >Incident Report</vscode-button
      >
    </p>`;
}

/** Who let it run: a person, or nobody. */
export function approver({ approvedBy, decision }: AuditEntry): string {
  return approvedBy?.name ?? (decision.outcome === 'execute' ? 'automatic' : '–');
}

export const writeBackWords: Readonly<Record<WriteBackEntry['what'], string>> = {
  acknowledge: 'Acknowledge the incident in PagerDuty',
  note: 'Write a note to PagerDuty',
  resolve: 'Resolve the incident in PagerDuty',
};

export function writeBackDetails(entry: WriteBackEntry, send: Send): TemplateResult {
  const { runId } = entry;
  return html`<dl>
      ${line('Result', entry.message)} ${line('Wanted by', entry.by.name)}
      ${line('Settled', entry.doneAt && clockTime(entry.doneAt))} ${line('Run', runId)}
    </dl>
    ${entry.text ? html`<pre class="output" tabindex="0" aria-label="Note">${entry.text}</pre>` : nothing}
    ${
      runId === undefined
        ? nothing
        : html`<p class="actions">
            <vscode-button secondary icon="markdown" @click=${() => send({ type: 'report', runId })}
              >Incident Report</vscode-button
            >
          </p>`
    }`;
}

export function automationDetails({ message, by, time }: AutomationEntry): TemplateResult {
  return html`<dl>${line('Result', message)} ${line('By', by.name)} ${line('Time', clockTime(time))}</dl>`;
}
