/** The audit log panel: every step that was decided, newest first. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import './main.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { interruptionWords } from '../../domain/interruption.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { describeTransport } from '../../domain/transport.ts';
import type { AuditState, FromAudit, ToAudit } from '../../ipc/audit.ts';
import { connectHost } from '../host.ts';
import { clockTime, duration, percent } from '../words.ts';
import { reliability } from './reliability.ts';

/** Entries whose details are open; the only state that the page keeps. */
const open = new Set<string>();
let shown: AuditState | undefined;
const send = connectHost<FromAudit, ToAudit>(({ state }) => show(state));
send({ type: 'ready' });

function show(state: AuditState): void {
  shown = state;
  render(page(state), document.body);
}

function toggle(key: string): void {
  if (!open.delete(key)) open.add(key);
  if (shown !== undefined) show(shown);
}

/** Nobody shall take a rehearsal for the real thing. */
const practiceBadge = html`<span class="badge practice">practice</span>`;

const keyOf = (entry: AuditEntry): string => `${entry.runId} ${entry.stepId} ${entry.time}`;

function page(state: AuditState): TemplateResult {
  return html`<main>
    <header>
      <h1>Audit Log</h1>
      ${state.practice ? practiceBadge : nothing}
      <p class="actions">
        <vscode-button secondary icon="verified" @click=${() => send({ type: 'verify' })}
          >Verify Audit Log</vscode-button
        >
      </p>
      ${
        state.chain
          ? html`<p class=${state.chain.intact ? 'chain intact' : 'chain broken'} role="status">
              <span
                class="codicon codicon-${state.chain.intact ? 'pass-filled' : 'error'}"
                aria-hidden="true"
              ></span>
              ${state.chain.message}
            </p>`
          : nothing
      }
    </header>
    ${state.reliability ? reliability(state.reliability) : nothing}
    ${
      state.entries.length === 0
        ? html`<p>
            Nothing has been decided yet. Each step that the agent runs, asks for or refuses is listed here.
          </p>`
        : table(state)
    }
    ${
      state.entries.length < state.total
        ? html`<p class="actions">
            <vscode-button secondary @click=${() => send({ type: 'more' })}
              >Show More (${state.entries.length} of ${state.total} shown)</vscode-button
            >
          </p>`
        : nothing
    }
  </main>`;
}

function table(state: AuditState): TemplateResult {
  return html`<table class="entries">
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
    ${repeat(state.entries, keyOf, (entry) => rows(entry, state.practice))}
  </table>`;
}

const icons: Partial<Record<AuditEntry['outcome'], string>> = {
  verified: 'pass-filled',
  done: 'check',
  failed: 'error',
  interrupted: 'warning',
  refused: 'circle-slash',
  undone: 'discard',
  'awaiting-approval': 'person',
};

/** What ran and was not taken back yet; what was only planned has nothing to undo. */
const undoable: ReadonlySet<AuditEntry['outcome']> = new Set(['verified', 'done', 'failed', 'interrupted']);

/** An entry is a body of the table: its line, and its details while they are open. */
function rows(entry: AuditEntry, practice: boolean): TemplateResult {
  const key = keyOf(entry);
  const isOpen = open.has(key);
  return html`<tbody>
    <tr>
      <td>${clockTime(entry.time)}</td>
      <td class="outcome ${entry.outcome}">
        <span class="codicon codicon-${icons[entry.outcome] ?? 'circle-outline'}" aria-hidden="true"></span>
        ${entry.outcome}
      </td>
      <td>
        <button class="command" aria-expanded=${isOpen} @click=${() => toggle(key)}>
          <span class="codicon codicon-chevron-${isOpen ? 'down' : 'right'}" aria-hidden="true"></span>
          <code>${entry.command}</code>
        </button>
      </td>
      <td>
        <span class="badge risk-${entry.risk.riskLevel}" title=${entry.risk.reason}
          >${entry.risk.riskLevel}</span
        >
      </td>
      <td>${entry.approvedBy?.name ?? (entry.decision.outcome === 'execute' ? 'automatic' : '–')}</td>
      <td>
        <button class="link" @click=${() => send({ type: 'showRun', runId: entry.runId })}>
          ${entry.incidentTitle}
        </button>
        ${practice ? practiceBadge : nothing}
      </td>
    </tr>
    ${
      isOpen
        ? html`<tr class="details">
            <td colspan="6">${details(entry)}</td>
          </tr>`
        : nothing
    }
  </tbody>`;
}

function details(entry: AuditEntry): TemplateResult {
  const line = (name: string, value: string | undefined) =>
    value === undefined
      ? nothing
      : html`<dt>${name}</dt>
          <dd>${value}</dd>`;
  return html`<dl>
      ${line('Result', entry.message)}
      ${line('Context', `${entry.context}${entry.namespace ? `, namespace ${entry.namespace}` : ''}`)}
      ${line('Decision', `${entry.decision.outcome}: ${entry.decision.reason}`)}
      ${line('Confidence', percent(entry.confidence))} ${line('Risk', entry.risk.reason)}
      ${line('Triggered by', entry.triggeredBy.name)} ${line('Approved by', entry.approvedBy?.name)}
      ${line('Transport', entry.transport && describeTransport({ ...entry, transport: entry.transport }))}
      ${line('Exit code', entry.exitCode === undefined ? undefined : String(entry.exitCode))}
      ${line('Duration', entry.durationMs === undefined ? undefined : duration(entry.durationMs))}
      ${line(
        'Verification',
        entry.verification &&
          `${entry.verification.verified ? 'verified' : 'not verified'}: ${entry.verification.message}`,
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
          `${interruptionWords(entry.interruption.result)}: ${entry.interruption.message} (${entry.interruption.by}, ${entry.interruption.time})`,
      )}
      ${line('Run', entry.runId)}
    </dl>
    ${entry.output ? html`<pre class="output" tabindex="0">${entry.output}</pre>` : nothing}
    <p class="actions">
      ${
        entry.outcome === 'interrupted'
          ? html`<vscode-button
              icon="search"
              @click=${() => send({ type: 'checkInterrupted', runId: entry.runId, stepId: entry.stepId })}
              >Check the Cluster</vscode-button
            >`
          : nothing
      }
      ${
        entry.undo && undoable.has(entry.outcome)
          ? html`<vscode-button
              secondary
              icon="discard"
              @click=${() => send({ type: 'undo', runId: entry.runId, stepId: entry.stepId })}
              >Undo…</vscode-button
            >`
          : nothing
      }
      <vscode-button secondary icon="markdown" @click=${() => send({ type: 'report', runId: entry.runId })}
        >Incident Report</vscode-button
      >
    </p>`;
}
