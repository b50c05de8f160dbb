/** Approving several steps at once: which ones they are, and which not, stands beside the button. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { aloneBecause, togetherWords } from '../../ipc/planTogether.ts';
import { command } from './command.ts';

/**
 * Stays where it is once they are approved: nothing around it moves.
 * @param send told of the wish, bound to the commands as they are shown; nothing runs before a question is answered
 */
export function together(
  { run, together: offered, approvedTogether, tokens, live }: PlanState,
  send: (message: FromPlan) => void,
): TemplateResult | typeof nothing {
  const open = live && offered.length > 0;
  const steps = open ? offered : approvedTogether;
  if (steps.length === 0) return nothing;
  const number = (id: string) => run.steps.findIndex((step) => step.id === id) + 1;
  const chosen = new Set(steps.map(({ stepId }) => stepId));
  const others = run.steps.filter(
    (step) => !chosen.has(step.id) && step.state === 'pending' && step.decision.outcome === 'ask',
  );
  return html`<section class="together" aria-labelledby="together-title">
    <h3 id="together-title">${steps.length} steps ${open ? 'can be' : 'were'} approved together</h3>
    <ol>
      ${map(steps, ({ stepId }) => {
        const step = run.steps.find(({ id }) => id === stepId);
        return html`<li value=${number(stepId)}>
          ${command(tokens[stepId]?.command, step?.command ?? stepId)}
          ${step === undefined ? nothing : html`<p class="message">${togetherWords(step).join(' · ')}</p>`}
        </li>`;
      })}
    </ol>
    <p class="message">
      One after another, each decided anew when its turn comes. Once one does not go through, you are asked
      about each of the rest.
      ${map(
        others,
        (step) =>
          html`Step ${number(step.id)} is not among them:
          ${aloneBecause(step) ?? 'it comes after one that is not'}. `,
      )}
    </p>
    <p class="actions">
      <vscode-button
        icon="run-all"
        ?disabled=${!open}
        @click=${() => send({ type: 'approveTogether', runId: run.runId, steps: [...steps] })}
        >Approve & Run These ${steps.length}…</vscode-button
      >
    </p>
  </section>`;
}
