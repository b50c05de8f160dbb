/** What happened in the run, as it was written down. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { TimelineEntry } from '../../ipc/plan.ts';
import { clockTime } from '../words.ts';
import { fold } from './fold.ts';

/** The oldest first, so that nothing that is read moves. */
export function timeline(entries: readonly TimelineEntry[]): TemplateResult | typeof nothing {
  if (entries.length === 0) return nothing;
  return html`<section class="history" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    ${fold(
      'timeline',
      true,
      `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, the last at ${clockTime(entries.at(-1)?.time ?? '')}`,
      html`<ol class="timeline">
        ${map(
          entries,
          ({ time, text, command, by }) =>
            html`<li>
              <time datetime=${time}>${clockTime(time)}</time>
              <span
                >${text}${by === undefined ? nothing : html` <span class="by">by ${by}</span>`}${
                  command === undefined ? nothing : html`<br /><code>${command}</code>`
                }</span
              >
            </li>`,
        )}
      </ol>`,
    )}
  </section>`;
}
