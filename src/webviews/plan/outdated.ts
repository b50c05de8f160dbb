/** That others were at it since the plan was made, and the way to a new one. */
import { html, nothing, type TemplateResult } from 'lit';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';

/** Stands above everything else: what follows is no longer so. */
export function outdated(
  { outdated: text, run, incidentIsOpen }: PlanState,
  send: (message: FromPlan) => void,
): TemplateResult | typeof nothing {
  if (text === undefined) return nothing;
  return html`<div class="outdated" role="status">
    <p class="gap"><span class="codicon codicon-warning" aria-hidden="true"></span> ${text}</p>
    ${
      incidentIsOpen
        ? html`<vscode-button
            icon="search"
            @click=${() => send({ type: 'remediate', incidentId: run.incidentId })}
            >Look Again</vscode-button
          >`
        : nothing
    }
  </div>`;
}
