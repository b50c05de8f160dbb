/** The charts, their keys, and the same numbers as tables. Drawn anew for other numbers, another theme, another width. */
import 'uplot/dist/uPlot.min.css';
import './charts.css';
import { html, nothing, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import { outcomeGroups, type AuditStatistics, type OutcomeGroup } from '../../domain/audit-log.ts';
import type { ReliabilityReport } from '../../domain/reliability.ts';
import type { ReadingState, Share } from '../../ipc/audit.ts';
import { duration, percent } from '../../domain/words.ts';
import { clockTime } from '../words.ts';
import { mitigationPlot, onThemeChange, outcomesPlot, swatch } from './plots.ts';
import { reliability } from './reliability.ts';

export interface ShownCharts {
  readonly open: boolean;
  readonly statistics?: AuditStatistics;
  readonly reliability?: ReliabilityReport;
  readonly state: ReadingState;
  readonly share: Share;
  readonly message?: string;
  toggle(open: boolean): void;
  stop(): void;
}

const groupWords: Readonly<Record<OutcomeGroup, string>> = {
  succeeded: 'verified or done',
  failed: 'failed or undone',
  'not-run': 'refused, skipped or only previewed',
  undecided: 'still open, interrupted or not seen',
};

/** As many rows as a person reads; the newest. */
const mostRows = 60;

export function charts(shown: ShownCharts): TemplateResult {
  return html`<details
    class="charts"
    ?open=${shown.open}
    @toggle=${(event: Event) => shown.toggle((event.target as HTMLDetailsElement).open)}
  >
    <summary>
      <h2>Charts</h2>
      <p>Outcomes over time, time to mitigate, and how far confidence can be trusted.</p>
    </summary>
    ${shown.open ? content(shown) : nothing}
  </details>`;
}

function content(shown: ShownCharts): TemplateResult {
  const { statistics, state, share, message } = shown;
  return html`<p class="reading" role="status">
      ${
        state === 'reading'
          ? html`<progress max="1" .value=${share} aria-label="The journal is read"></progress>
              <span>${percent(share)} read</span>
              <button class="link" @click=${shown.stop}>Stop</button>`
          : state === 'stopped'
            ? html`Stopped: the charts show only the ${percent(share)} of the journal that was read.`
            : state === 'failed'
              ? html`<span class="codicon codicon-error" aria-hidden="true"></span> The journal cannot be
                  read: ${message}`
              : 'The charts show everything that the filters let through.'
      }
    </p>
    ${statistics ? pictures(statistics) : nothing}
    ${shown.reliability ? reliability(shown.reliability) : nothing}`;
}

function pictures(statistics: AuditStatistics): TemplateResult {
  const { days, mitigations, mitigated, medianMs } = statistics;
  const total = days.reduce((sum, day) => outcomeGroups.reduce((all, group) => all + day[group], sum), 0);
  return html`<div class="pictures">
    <figure>
      <h3>Outcomes over time</h3>
      ${
        days.length === 0
          ? html`<p class="none">No step has been decided.</p>`
          : html`<div
                class="plot outcomes"
                role="img"
                aria-label="${total} steps on ${days.length} ${days.length === 1 ? 'day' : 'days'}, by what became of them. The table below holds the same numbers."
              ></div>
              <figcaption>
                ${outcomeGroups.map(
                  (group) =>
                    html`<span class="key"
                      ><span class="swatch" data-group=${group}></span>${groupWords[group]}</span
                    >`,
                )}
              </figcaption>
              ${dayTable(statistics)}`
      }
    </figure>
    <figure>
      <h3>Time to mitigate</h3>
      ${
        mitigations.length === 0
          ? html`<p class="none">No run has ended its incident.</p>`
          : html`<div
                class="plot mitigations"
                role="img"
                aria-label="How long each of ${mitigated} runs took until its incident was verified to be over. The table below holds the same numbers."
              ></div>
              <figcaption>
                <span class="key"><span class="dot"></span>one run</span>
                <span class="key"
                  ><span class="dashes"></span>half of them took at most
                  ${medianMs === undefined ? '' : duration(medianMs)}</span
                >
              </figcaption>
              ${mitigationTable(statistics)}`
      }
    </figure>
  </div>`;
}

const others = (count: number) =>
  count > mostRows
    ? html`<p class="note">The newest ${mostRows} of ${count}; an export holds all.</p>`
    : nothing;

function dayTable({ days }: AuditStatistics): TemplateResult {
  return html`<details class="numbers">
    <summary>The numbers</summary>
    <table>
      <caption>
        Steps by day (UTC) and outcome
      </caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          ${outcomeGroups.map((group) => html`<th scope="col">${groupWords[group]}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${days
          .slice(-mostRows)
          .reverse()
          .map(
            (day) =>
              html`<tr>
                <th scope="row">${day.day}</th>
                ${outcomeGroups.map((group) => html`<td>${day[group]}</td>`)}
              </tr>`,
          )}
      </tbody>
    </table>
    ${others(days.length)}
  </details>`;
}

function mitigationTable({ mitigations }: AuditStatistics): TemplateResult {
  return html`<details class="numbers">
    <summary>The numbers</summary>
    <table>
      <caption>
        Runs that ended their incident
      </caption>
      <thead>
        <tr>
          <th scope="col">Began</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        ${mitigations
          .slice(-mostRows)
          .reverse()
          .map(
            ({ time, milliseconds }) =>
              html`<tr>
                <th scope="row">${clockTime(time)}</th>
                <td>${duration(milliseconds)}</td>
              </tr>`,
          )}
      </tbody>
    </table>
    ${others(mitigations.length)}
  </details>`;
}

const drawn = new Map<HTMLElement, { readonly plot: uPlot; readonly of: AuditStatistics }>();
let latest: AuditStatistics | undefined;
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = drawn.get(target as HTMLElement)?.plot;
    const width = Math.max(200, target.clientWidth);
    if (plot !== undefined && plot.width !== width) plot.setSize({ width, height: plot.height });
  }
});
onThemeChange(() => draw(latest, true));

/**
 * Draws into the places that the page has for it.
 * @param anew also where the numbers are those that are drawn already
 */
export function draw(statistics: AuditStatistics | undefined, anew = false): void {
  latest = statistics;
  for (const [place, { plot, of }] of drawn) {
    if (place.isConnected && of === statistics && !anew) continue;
    plot.destroy();
    widths.unobserve(place);
    drawn.delete(place);
  }
  if (statistics === undefined) return;
  place('.plot.outcomes', statistics, outcomesPlot);
  place('.plot.mitigations', statistics, mitigationPlot);
  for (const key of document.querySelectorAll<HTMLElement>('.swatch')) {
    key.replaceChildren(tiled(swatch(key.dataset['group'] as OutcomeGroup)));
  }
}

function place(
  selector: string,
  statistics: AuditStatistics,
  plotOf: (place: HTMLElement, statistics: AuditStatistics) => uPlot,
): void {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null || drawn.has(found)) return;
  drawn.set(found, { plot: plotOf(found, statistics), of: statistics });
  widths.observe(found);
}

/** A pattern over the size of a key. */
function tiled(pattern: HTMLCanvasElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = 16;
  canvas.height = 12;
  const pen = canvas.getContext('2d');
  const fill = pen?.createPattern(pattern, 'repeat');
  if (pen && fill) {
    pen.fillStyle = fill;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
