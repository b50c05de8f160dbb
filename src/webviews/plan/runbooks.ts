/** The team's runbooks that fit, each with why, to be opened at its text. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { MatchedRunbook } from '../../domain/runbook.ts';

/** @param open called with the id of the evidence that a runbook is */
export function runbookList(
  runbooks: readonly MatchedRunbook[],
  open: (evidenceId: string) => void,
): TemplateResult | typeof nothing {
  if (runbooks.length === 0) return nothing;
  return html`<section aria-labelledby="runbooks-title">
    <h2 id="runbooks-title">${runbooks.length === 1 ? 'Runbook' : 'Runbooks'}</h2>
    <ul class="evidence">
      ${map(
        runbooks,
        ({ title, why, evidence, path, commands }) =>
          html`<li>
            <button class="link" title=${`Open ${path}`} @click=${() => open(evidence)}>
              <span class="codicon codicon-book" aria-hidden="true"></span> ${title}
            </button>
            <span class="engine"
              >${why.join(', ')}${
                commands.length === 0
                  ? ''
                  : `; ${commands.length === 1 ? '1 command is a step' : `${commands.length} commands are steps`} below`
              }</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}
