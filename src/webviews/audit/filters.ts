/** The form that says what is asked for. */
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { auditOutcomes } from '../../domain/audit-log.ts';
import type { FilterForm } from './form.ts';

/** What people call outcomes; those of steps first, then what PagerDuty was told. */
export const outcomeLabels: Partial<Record<(typeof auditOutcomes)[number], string>> = {
  'awaiting-approval': 'awaiting approval',
  written: 'written to PagerDuty',
  already: 'already in PagerDuty',
  'given-up': 'given up: not sent to PagerDuty',
  waiting: 'waiting to be sent to PagerDuty',
};

/** @param change told of every change of a field */
export function filters(form: FilterForm, change: (changed: Partial<FilterForm>) => void): TemplateResult {
  const field = (name: keyof FilterForm, label: string, type: 'search' | 'date') =>
    html`<label class=${name}
      ><span>${label}</span
      ><input
        name=${name}
        type=${type}
        maxlength="200"
        autocomplete="off"
        spellcheck="false"
        .value=${live(form[name])}
        @input=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value })}
    /></label>`;
  const choice = (name: 'outcome' | 'risk', label: string, values: readonly string[]) =>
    html`<label class=${name}
      ><span>${label}</span
      ><select
        name=${name}
        .value=${live(form[name])}
        @change=${(event: Event) => change({ [name]: (event.target as HTMLSelectElement).value })}
      >
        <option value="" ?selected=${form[name] === ''}>any</option>
        ${values.map(
          (value) =>
            html`<option value=${value} ?selected=${form[name] === value}>
              ${outcomeLabels[value as keyof typeof outcomeLabels] ?? value}
            </option>`,
        )}
      </select></label
    >`;
  return html`<form
    class="filters"
    role="search"
    aria-label="Filters"
    @submit=${(event: Event) => event.preventDefault()}
  >
    ${field('text', 'Text', 'search')} ${choice('outcome', 'Outcome', auditOutcomes)}
    ${choice('risk', 'Risk', ['low', 'medium', 'high'])} ${field('incident', 'Incident', 'search')}
    ${field('actor', 'Person', 'search')} ${field('context', 'Context', 'search')}
    ${field('from', 'From', 'date')} ${field('to', 'To', 'date')}
  </form>`;
}
