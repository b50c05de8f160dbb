/** What to try next, each with the button that does it. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { nextSteps, type NextAction } from './next.ts';

type Send = (message: FromPlan) => void;

/** Nothing while the run goes on, and where it ended well. */
export function whatNext(state: PlanState, send: Send): TemplateResult | typeof nothing {
  const next = nextSteps(state);
  if (next.length === 0) return nothing;
  return html`<section class="next" id="next" tabindex="-1" aria-labelledby="next-title">
    <h2 id="next-title">What to try next</h2>
    <ol>
      ${map(
        next,
        ({ text, button }) =>
          html`<li>
            <span>${text}</span>
            ${
              button === undefined
                ? nothing
                : html`<vscode-button secondary @click=${() => send(messageFor(state, button.action))}
                    >${button.label}</vscode-button
                  >`
            }
          </li>`,
      )}
    </ol>
  </section>`;
}

function messageFor({ run: { runId, incidentId } }: PlanState, action: NextAction): FromPlan {
  switch (action.type) {
    case 'remediate':
      return { type: 'remediate', incidentId };
    case 'report':
      return { type: 'report', runId };
    case 'doctor':
    case 'showAudit':
      return { type: action.type };
    case 'checkInterrupted':
    case 'undo':
      return { type: action.type, runId, stepId: action.stepId };
    case 'openEvidence':
      return { type: 'openEvidence', runId, evidenceId: action.evidenceId };
  }
}
