/** The audit log panel: every step that was decided and what PagerDuty was told, newest first. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import './main.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { AuditRow } from '../../domain/audit-log.ts';
import { leftOutWords } from '../../domain/left-out.ts';
import type { AuditHead, ExportFormat, FromAudit, ReadingState, ToAudit } from '../../ipc/audit.ts';
import { connectHost } from '../host.ts';
import { percent } from '../../domain/words.ts';
import { clockTime } from '../words.ts';
import { charts, draw, type ShownCharts } from './charts.ts';
import { practiceBadge, table } from './entries.ts';
import { filters } from './filters.ts';
import { emptyForm, filterOf, isFiltered, type FilterForm } from './form.ts';
import { remember, remembered } from './memory.ts';
import { withNewest, withOlder } from './merge.ts';

const pageSize = 100;
const mostAtOnce = 2000;
/** Milliseconds after the last key before it is searched. */
const typingMs = 300;

let head: AuditHead = { practice: false };
let rows: readonly AuditRow[] = [];
let reading: {
  readonly state: ReadingState;
  readonly share: number;
  readonly leftOut: number;
  readonly message?: string;
} = {
  leftOut: 0,
  state: 'reading',
  share: 0,
};
let sums: Omit<ShownCharts, 'open' | 'toggle' | 'stop'> = { state: 'reading', share: 0 };
let question = 0;
let typing: ReturnType<typeof setTimeout> | undefined;
/** Rows of the last question stay in sight until the first of the new one are there: nothing jumps. */
let outdated = false;
let scrollTo: number | undefined = remembered().scroll;

const send = connectHost<FromAudit, ToAudit>(receive);
send({ type: 'ready' });
ask(Math.min(mostAtOnce, Math.max(pageSize, remembered().rows)));
window.addEventListener('scroll', () => remember({ scroll: window.scrollY }), { passive: true });

function receive(message: ToAudit): void {
  switch (message.type) {
    case 'head':
      head = message.head;
      break;
    case 'turned':
      ask();
      return;
    case 'rows':
      if (message.id !== question) return;
      if (outdated) rows = [];
      outdated = false;
      rows = withOlder(rows, message.rows);
      reading = message;
      remember({ rows: rows.length });
      break;
    case 'newest':
      if (message.id !== question || outdated) return;
      rows = withNewest(rows, message.rows, message.since);
      break;
    case 'charts':
      if (message.id !== question) return;
      sums = message;
      break;
  }
  show();
}

/** Asks for what the form stands for, in the place of what was asked before. */
function ask(count = pageSize): void {
  clearTimeout(typing);
  question++;
  outdated = true;
  reading = { state: 'reading', share: 0, leftOut: 0 };
  send({ type: 'query', id: question, filter: filterOf(remembered().form), rows: count });
  if (remembered().charts) askCharts();
  show();
}

function askCharts(): void {
  const { statistics, reliability } = sums;
  // What was drawn stays until there is something new to draw.
  sums = {
    state: 'reading',
    share: 0,
    ...(statistics === undefined ? {} : { statistics }),
    ...(reliability === undefined ? {} : { reliability }),
  };
  send({ type: 'charts', id: question, filter: filterOf(remembered().form) });
}

function change(changed: Partial<FilterForm>): void {
  remember({ form: { ...remembered().form, ...changed } });
  clearTimeout(typing);
  typing = setTimeout(ask, typingMs);
  show();
}

function clear(): void {
  remember({ form: emptyForm });
  ask();
}

function toggle(key: string): void {
  const open = new Set(remembered().open);
  if (!open.delete(key)) open.add(key);
  remember({ open: [...open] });
  show();
}

function show(): void {
  render(page(), document.body);
  draw(remembered().charts ? sums.statistics : undefined);
  // Once what was in sight before is there again.
  if (scrollTo === undefined || reading.state === 'reading') return;
  window.scrollTo(0, scrollTo);
  scrollTo = undefined;
}

function page(): TemplateResult {
  const { form, charts: open } = remembered();
  const exported = (format: ExportFormat, label: string) =>
    html`<vscode-button
      secondary
      title="Export what the filters let through as ${label}"
      @click=${() => send({ type: 'export', format, filter: filterOf(form) })}
      >${label}</vscode-button
    >`;
  return html`<main>
    <header>
      <h1>Audit Log</h1>
      ${head.practice ? practiceBadge : nothing}
      <div class="tools">
        <p class="actions">
          ${
            head.verifying === undefined
              ? html`<vscode-button secondary icon="verified" @click=${() => send({ type: 'verify' })}
                  >Verify Audit Log</vscode-button
                >`
              : html`<vscode-button secondary icon="debug-stop" @click=${() => send({ type: 'stopVerify' })}
                  >Stop Verifying</vscode-button
                >`
          }
        </p>
        <p class="actions" role="group" aria-label="Export">
          <span class="label">Export</span>
          ${exported('json', 'JSON')} ${exported('csv', 'CSV')} ${exported('markdown', 'Markdown')}
        </p>
      </div>
      ${chain()}
    </header>
    ${charts({
      ...sums,
      open,
      toggle: (now) => {
        if (now === remembered().charts) return;
        remember({ charts: now });
        if (now) askCharts();
        else send({ type: 'stopCharts', id: question });
        show();
      },
      stop: () => send({ type: 'stopCharts', id: question }),
    })}
    ${filters(form, change)} ${status(form)} ${list(form)}
  </main>`;
}

function chain(): TemplateResult {
  const { chain: found, verifying } = head;
  const [kind, icon, words] =
    verifying !== undefined
      ? ['unknown', 'sync', 'The chains are being checked…']
      : found === undefined
        ? ['unknown', 'question', 'The chains have not been checked since the panel was opened.']
        : found.intact
          ? ['intact', 'pass-filled', `Whole at ${clockTime(found.time)}: ${found.message}`]
          : ['broken', 'error', `Changed, found at ${clockTime(found.time)}: ${found.message}`];
  return html`<p class="chain ${kind}" role="status">
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    ${words}
    <progress
      ?hidden=${verifying === undefined}
      max="1"
      .value=${verifying ?? 0}
      aria-label="The chains are checked"
    ></progress>
  </p>`;
}

/** That lines are missing from what is shown, where some are. */
function leftOut(): TemplateResult | typeof nothing {
  const words = leftOutWords(reading.leftOut);
  return words === undefined
    ? nothing
    : html`<p class="left-out" role="status">
        <span class="codicon codicon-warning" aria-hidden="true"></span>${words}
      </p>`;
}

/** How many lines there are, or how far it was searched. Its place is kept: nothing below it jumps. */
function status(form: FilterForm): TemplateResult {
  const count = outdated ? 0 : rows.length;
  const entries = `${count} ${count === 1 ? 'entry' : 'entries'}`;
  const filtered = isFiltered(form);
  const busy = reading.state === 'reading';
  const words = {
    reading: '',
    page: `${entries} shown, older ones may follow.`,
    end: filtered ? `${entries} ${count === 1 ? 'matches' : 'match'}.` : `${entries} in all.`,
    stopped: `Stopped: ${entries} found in the ${percent(reading.share)} of the journal that was read.`,
    failed: '',
  }[reading.state];
  return html`<div class="status">
    <p class="count" role="status">${words}</p>
    ${leftOut()}
    <p class="reading" ?hidden=${!busy}>
      <progress max="1" .value=${reading.share} aria-label="The journal is read"></progress>
      <span>${percent(reading.share)} read, ${entries} found</span>
      <button class="link" @click=${() => send({ type: 'stop', id: question })}>Stop</button>
    </p>
    ${
      filtered
        ? html`<button class="link clear" @click=${clear}>
            <span class="codicon codicon-clear-all" aria-hidden="true"></span>Clear Filters
          </button>`
        : nothing
    }
  </div>`;
}

function list(form: FilterForm): TemplateResult {
  if (reading.state === 'failed') {
    return html`<div class="empty unreadable" role="alert">
      <p>
        <span class="codicon codicon-error" aria-hidden="true"></span> The journal cannot be read:
        ${reading.message}
      </p>
      <p class="actions"><vscode-button icon="refresh" @click=${() => ask()}>Try Again</vscode-button></p>
    </div>`;
  }
  if (rows.length === 0) return reading.state === 'end' ? noneFound(form) : html`<div class="empty"></div>`;
  const { open, at } = remembered();
  return html`<div class=${outdated ? 'list outdated' : 'list'}>
      ${table({
        rows,
        practice: head.practice,
        open: new Set(open),
        at,
        toggle,
        goTo: (key) => {
          remember({ at: key });
          show();
        },
        send,
      })}
    </div>
    ${
      reading.state === 'page' || reading.state === 'stopped'
        ? html`<p class="actions">
            <vscode-button secondary class="more" @click=${more}
              >${reading.state === 'page' ? 'Show More' : 'Go On Searching'}</vscode-button
            >
          </p>`
        : nothing
    }`;
}

function more(): void {
  reading = { ...reading, state: 'reading' };
  send({ type: 'more', id: question });
  show();
}

/** Nothing yet, or nothing that is asked for. */
function noneFound(form: FilterForm): TemplateResult {
  return isFiltered(form)
    ? html`<div class="empty">
        <p>Nothing in the journal matches these filters.</p>
        <p class="actions"><vscode-button @click=${clear}>Clear Filters</vscode-button></p>
      </div>`
    : html`<div class="empty">
        <p>
          Nothing has been decided yet. Each step that the agent runs, asks for or refuses is listed here.
        </p>
      </div>`;
}
