/** What is wrong: facts and guesses apart, each with the evidence that it rests on. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { RunView } from '../../domain/run.ts';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { costs } from './analysis.ts';
import { fold } from './fold.ts';

type Send = (message: FromPlan) => void;

const warning = html`<span class="codicon codicon-warning" aria-hidden="true"></span>`;

/** The part of the panel from the diagnosis on. */
export function diagnosis({ run, stream }: PlanState, found: Diagnosis, send: Send): TemplateResult {
  const cite = (ids: readonly string[]) => citations(run, ids, send);
  return html`<section aria-labelledby="diagnosis-title">
    <h2 id="diagnosis-title">${run.phase === 'resolved' ? 'What was wrong' : 'What is wrong'}</h2>
    <p class="summary">${found.summary}</p>
    <p>
      <strong>Root cause</strong> ${found.rootCause || 'Not known.'}
      <span class="engine">${found.engine === 'claude' ? 'analysed by Claude' : 'built-in diagnosis'}</span>
    </p>
    ${costs(stream, run.runId, send)}
    ${map(
      found.notes,
      (note) =>
        html`<p class="note"><span class="codicon codicon-info" aria-hidden="true"></span> ${note}</p>`,
    )}
    ${
      found.findings.length > 0
        ? html`<div class="facts-found">
            <h3><span class="codicon codicon-verified" aria-hidden="true"></span> Facts</h3>
            <ul>
              ${map(
                found.findings,
                ({ name, summary, evidence }) =>
                  html`<li><strong>${name}</strong> ${summary} ${cite(evidence)}</li>`,
              )}
            </ul>
          </div>`
        : nothing
    }
    ${
      found.hypotheses.length > 0
        ? html`<div class="guesses">
            <h3><span class="codicon codicon-question" aria-hidden="true"></span> Guesses</h3>
            <ul>
              ${map(found.hypotheses, ({ statement, evidence }) => html`<li>${statement} ${cite(evidence)}</li>`)}
            </ul>
          </div>`
        : nothing
    }
    ${fold(
      'evidence',
      false,
      `Evidence (${found.evidence.length}${found.gaps.length > 0 ? `, ${found.gaps.length} not readable` : ''})`,
      html`<ul class="evidence">
        ${map(found.evidence, (one) => html`<li>${cite([one.id])} ${one.summary}</li>`)}
        ${map(found.gaps, (gap) => html`<li class="gap">${warning} Not readable: ${gap.what} (${gap.reason})</li>`)}
      </ul>`,
    )}
  </section>`;
}

/** Buttons that open pieces of evidence; what is cited and was never seen is no button. */
export function citations(
  { runId, diagnosis: found }: Pick<RunView, 'runId' | 'diagnosis'>,
  ids: readonly string[],
  send: Send,
): TemplateResult {
  return html`${map(ids, (evidenceId) => {
    const one = found?.evidence.find(({ id }) => id === evidenceId);
    if (one === undefined)
      return html`<span class="gap">${warning} ${evidenceId} (there is no such evidence)</span> `;
    return html`<button
      class="citation"
      aria-label=${`Open evidence ${evidenceId}`}
      title=${one.summary}
      @click=${() => send({ type: 'openEvidence', runId, evidenceId })}
    >
      ${evidenceId}
    </button>`;
  })}`;
}

/** What the alert may be about, where no one object could be told. It is chosen from a list of the editor. */
export function candidates({ candidates: possible = [] }: RunView): TemplateResult | typeof nothing {
  if (possible.length === 0) return nothing;
  return html`<section aria-labelledby="candidates-title">
    <h2 id="candidates-title">What it may be about</h2>
    <ul>
      ${map(
        possible,
        ({ target: { kind, namespace, name }, reason }) =>
          html`<li><strong>${kind} ${namespace ? `${namespace}/` : ''}${name}</strong> ${reason}</li>`,
      )}
    </ul>
  </section>`;
}
