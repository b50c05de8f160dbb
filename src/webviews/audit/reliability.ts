/** Said versus came true: a sentence, a drawing, and the same numbers as tables. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { ReliabilityGroup, ReliabilityReport } from '../../domain/reliability.ts';
import { percent, percentRange } from '../../domain/words.ts';
import { count, enoughForScore, sentence, sure, verdicts } from './sentence.ts';

/** The section of the panel. */
export function reliability(report: ReliabilityReport): TemplateResult {
  return html`<details class="reliability">
    <summary>
      <h2>How far confidence can be trusted</h2>
      <p>${sentence(report)}</p>
    </summary>
    ${report.steps === 0 ? nothing : pictures(report)}
    <p class="note">
      Executed steps count whose outcome was seen. What a person edited, broke off or took back does not
      count, nor does what was interrupted or could not be seen. The same counts move the confidence of later
      steps.
    </p>
  </details>`;
}

function pictures(report: ReliabilityReport): TemplateResult {
  return html`${drawing(report)}
    <table>
      <caption>
        By how sure the step was said to be
      </caption>
      <thead>
        <tr>
          <th scope="col">Said</th>
          ${groupHeads}
        </tr>
      </thead>
      <tbody>
        ${map(
          report.buckets,
          (bucket) =>
            html`<tr>
              <th scope="row">${sure(bucket)}</th>
              ${groupCells(bucket)}
            </tr>`,
        )}
      </tbody>
    </table>
    <table>
      <caption>
        By action and by what it was to end
      </caption>
      <thead>
        <tr>
          <th scope="col">Action</th>
          ${groupHeads}
        </tr>
      </thead>
      <tbody>
        ${map(
          report.actions,
          (row) =>
            html`<tr>
              <th scope="row"><code>${row.action}</code> ${row.finding ?? 'no finding'}</th>
              ${groupCells(row)}
            </tr>`,
        )}
      </tbody>
    </table>
    <p>
      ${
        report.steps < enoughForScore
          ? `A score takes at least ${enoughForScore} steps.`
          : `Brier score ${report.brier.toFixed(2)} over ${count(report.steps)}: 0 is perfect, 0.25 is what always saying 50 % gets.`
      }
    </p>`;
}

const groupHeads = html`<th scope="col">Steps</th>
  <th scope="col">Came true</th>
  <th scope="col">Said on average</th>
  <th scope="col">True share is within</th>
  <th scope="col">In short</th>`;

function groupCells(group: ReliabilityGroup): TemplateResult {
  const { steps, cameTrue, said, range, verdict } = group;
  return html`<td>${steps}</td>
    <td>${cameTrue}</td>
    <td>${percent(said)}</td>
    <td>${percentRange(range[0], range[1])}</td>
    <td class=${verdict}>
      ${verdict === 'less-often' ? html`<span class="codicon codicon-warning" aria-hidden="true"></span>` : nothing}
      ${verdicts[verdict]}
    </td>`;
}

/** Units of the drawing: where the scale begins, how long it is, how high a row is. */
const left = 150;
const length = 340;
const row = 34;

/** One row for each bucket. Shapes differ, so that nothing depends on colour; the tables hold the same for screen readers. */
function drawing({ buckets }: ReliabilityReport): TemplateResult {
  const bottom = buckets.length * row + 6;
  const x = (share: number): number => left + share * length;
  return html`<figure>
    <svg
      class="said-true"
      role="img"
      aria-label="For each group of steps: what was said on average, and the share that came true. The tables below hold the same numbers."
      viewBox="0 0 ${left + length + 20} ${bottom + 22}"
    >
      ${map(
        [0, 0.25, 0.5, 0.75, 1],
        (share) =>
          svg`<line class="grid" x1=${x(share)} x2=${x(share)} y1="0" y2=${bottom}></line>
            <text class="axis" x=${x(share)} y=${bottom + 16} text-anchor="middle">${percent(share)}</text>`,
      )}
      ${map(buckets, (bucket, index) => {
        const y = index * row + row / 2;
        const share = bucket.cameTrue / bucket.steps;
        return svg`<text x="0" y=${y + 4}>${sure(bucket)}</text>
          <rect class="band" x=${x(bucket.from)} y=${y - 11} width=${x(bucket.to) - x(bucket.from)} height="22"></rect>
          <line class="range" x1=${x(bucket.range[0])} x2=${x(bucket.range[1])} y1=${y} y2=${y}></line>
          <line class="said" x1=${x(bucket.said)} x2=${x(bucket.said)} y1=${y - 11} y2=${y + 11}></line>
          <circle class="true" cx=${x(share)} cy=${y} r="5"></circle>`;
      })}
    </svg>
    <figcaption>
      <span class="key"
        ><svg viewBox="0 0 14 14" aria-hidden="true"><circle class="true" cx="7" cy="7" r="5"></circle></svg
        >share that came true</span
      >
      <span class="key"
        ><svg viewBox="0 0 14 14" aria-hidden="true">
          <line class="range" x1="0" x2="14" y1="7" y2="7"></line></svg
        >the true share is within, 19 times out of 20</span
      >
      <span class="key"
        ><svg viewBox="0 0 14 14" aria-hidden="true">
          <line class="said" x1="7" x2="7" y1="0" y2="14"></line></svg
        >said on average</span
      >
    </figcaption>
  </figure>`;
}
