/** The plan panel: a pure picture of the state that the extension host sends. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import './main.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { FromPlan, PlanState, ToPlan } from '../../ipc/plan.ts';
import { connectHost } from '../host.ts';
import { investigation } from './analysis.ts';
import { candidates, diagnosis } from './diagnosis.ts';
import { keepFocus } from './focus.ts';
import { bar, header, phases } from './header.ts';
import { outdated } from './outdated.ts';
import { restoreScroll, turnTo } from './memory.ts';
import { runbookList } from './runbooks.ts';
import { stepCards } from './steps.ts';
import { timeline } from './timeline.ts';
import { whatNext } from './whatNext.ts';

const page = document.body;
const send = connectHost<FromPlan, ToPlan>(({ state }) => {
  turnTo(state.run.runId);
  shown = state;
  draw();
  restoreScroll();
});
let shown: PlanState | undefined;

function draw(): void {
  const state = shown;
  if (state === undefined) return;
  keepFocus(() => render(plan(state), page));
}

// Elapsed time moves on between messages.
setInterval(() => {
  if (shown?.live) draw();
}, 1000);
send({ type: 'ready' });

function plan(state: PlanState): TemplateResult {
  const { run } = state;
  const open = (evidenceId: string) => send({ type: 'openEvidence', runId: run.runId, evidenceId });
  return html`<main>
    ${bar(state, send)} ${outdated(state, send)} ${header(state, send)} ${phases(run)}
    <div class="columns">
      <div class="about">
        ${run.target ? nothing : candidates(run)}
        ${run.diagnosis ? diagnosis(state, run.diagnosis, send) : investigation(state, send)}
        ${runbookList(run.diagnosis?.runbooks ?? [], open)}
      </div>
      <div class="doing">
        ${run.steps.length > 0 ? stepCards(state, send, draw) : nothing} ${whatNext(state, send)}
      </div>
      <div class="past">${timeline(state.timeline)}</div>
    </div>
  </main>`;
}
