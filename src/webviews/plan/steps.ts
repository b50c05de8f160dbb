/** One card for each step: the command, what it risks, why, and what may be done about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import { keyed } from 'lit/directives/keyed.js';
import { noConfidence, proposerWords } from '../../domain/authorship.ts';
import type { StepView } from '../../domain/run.ts';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { duration, percent, stepStates, capital } from '../../domain/words.ts';
import { clockTime } from '../words.ts';
import { actions } from './approval.ts';
import { command } from './command.ts';
import { citations } from './diagnosis.ts';
import { fold } from './fold.ts';
import { follow } from './follow.ts';
import { gitOps } from './gitops.ts';
import { previewOf } from './preview.ts';
import { together } from './together.ts';
import { wayBackWords } from './wayBack.ts';

type Send = (message: FromPlan) => void;

const decisionWords: Record<StepView['decision']['outcome'], string> = {
  execute: 'Runs by itself',
  ask: 'Asks you',
  skip: 'Skipped',
  preview: 'Shown only',
  refuse: 'Refused',
};

const riskIcons = { low: 'info', medium: 'warning', high: 'flame' } as const;

/**
 * The ordered cards.
 * @param again draws the panel anew
 */
export function stepCards(state: PlanState, send: Send, again: () => void): TemplateResult {
  const { steps } = state.run;
  return html`<section aria-labelledby="steps-title">
    <h2 id="steps-title">${steps.length === 1 ? 'The step' : `${steps.length} steps, in this order`}</h2>
    <ol class="steps">
      ${map(steps, (step, index) => keyed(step.id, stepCard(state, step, index, send, again)))}
    </ol>
    ${together(state, send)}
  </section>`;
}

function stepCard(
  state: PlanState,
  step: StepView,
  index: number,
  send: Send,
  again: () => void,
): TemplateResult {
  const ahead = step.state === 'pending' && state.approvedAhead.includes(step.id);
  const { icon, label } = ahead
    ? { icon: 'check', label: 'approved, waits for its turn' }
    : stepStates[step.state];
  const stream = state.stream.steps[step.id];
  const running = step.state === 'executing' || step.state === 'verifying';
  const message =
    running && stream?.message ? stream.message : (step.outcome?.message ?? step.decision.reason);
  const since = running ? state.runningSince[step.id] : undefined;
  return html`<li
    class="card ${step.state}"
    id=${`step-${step.id}`}
    aria-label=${`Step ${index + 1}: ${step.command}`}
  >
    <div class="card-head" tabindex="-1">
      <h3 class="number">${step.undoes ? 'Undo' : `Step ${index + 1}`}</h3>
      <code class="action">${step.action}</code>
      <span class="badge risk-${step.risk.riskLevel}" title=${step.risk.reason}>
        <span class="codicon codicon-${riskIcons[step.risk.riskLevel]}" aria-hidden="true"></span>
        ${step.risk.forbidden ? 'forbidden' : step.risk.rejected ? 'rejected' : `${step.risk.riskLevel} risk`}
      </span>
      <span class="state" role="status">
        <span
          class="codicon codicon-${icon} ${running ? 'codicon-modifier-spin' : ''}"
          aria-hidden="true"
        ></span>
        ${capital(label)}
      </span>
      ${since === undefined ? nothing : html`<span class="elapsed">${duration(Math.max(0, Date.now() - Date.parse(since)))}</span>`}
    </div>
    <div class="command">
      <pre>${command(state.tokens[step.id]?.command, step.command)}</pre>
      <button
        class="icon"
        title="Copy the command"
        aria-label="Copy the command"
        @click=${() => send({ type: 'copy', runId: state.run.runId, stepId: step.id })}
      >
        <span class="codicon codicon-copy" aria-hidden="true"></span>
      </button>
    </div>
    <p class="reason">${step.risk.reason}</p>
    <p class="message news">${message === step.decision.reason ? nothing : message}</p>
    ${lastSeen(step.outcome?.evidence)}
    ${gitOps(step, () => send({ type: 'copyManifest', runId: state.run.runId, stepId: step.id }))}
    ${previewOf(step)}
    <div class="at-step ${state.live ? 'live' : ''}">
      ${actions(state, step, send, again)} ${output(step, stream?.output)}
    </div>
    <dl>
      ${authorship(step)}
      ${
        step.editedBy === undefined
          ? html`<dt>Why</dt>
              <dd>${step.rationale} ${citations(state.run, step.evidence, send)}</dd>`
          : nothing
      }
      ${
        step.said === undefined
          ? nothing
          : html`<dt>Claude says</dt>
              <dd>${step.said}</dd>`
      }
      <dt>Confidence</dt>
      <dd>${confidence(step)}</dd>
      <dt>Decision</dt>
      <dd>
        ${decisionWords[step.decision.outcome]}: ${step.decision.reason}
        ${step.approvedBy === undefined ? nothing : html`<strong>Approved by ${step.approvedBy}.</strong>`}
      </dd>
      <dt>Verified when</dt>
      <dd>${step.verificationText}</dd>
      <dt>Undo</dt>
      <dd>
        ${step.undo ? html`${step.undo.summary}<br />${command(state.tokens[step.id]?.undo, step.undo.command)}` : wayBackWords(step, state.run.steps)}
      </dd>
    </dl>
  </li>`;
}

/** What there was to see when a verification failed. */
function lastSeen(lines: readonly string[] | undefined): TemplateResult | typeof nothing {
  if (lines === undefined) return nothing;
  return html`<ul class="parts" aria-label="Last seen">
    ${map(lines, (line) => html`<li>${line}</li>`)}
  </ul>`;
}

function output(step: StepView, streamed: string | undefined): TemplateResult | typeof nothing {
  const text = streamed || step.outcome?.output;
  const took = step.outcome?.durationMs;
  return html`${
    step.dryRun
      ? fold(
          `dry-run ${step.id}`,
          true,
          `Dry run: ${step.dryRun.exitCode === 0 ? 'the API server would accept it' : 'refused'}`,
          html`<pre class="output" tabindex="0" aria-label="What the dry run printed">
${step.dryRun.output}</pre>`,
        )
      : nothing
  }
  ${
    text || step.state === 'executing'
      ? fold(
          `output ${step.id}`,
          true,
          `Output${step.outcome?.exitCode === undefined ? '' : `, exit code ${step.outcome.exitCode}`}${took === undefined ? '' : `, ${duration(took)}`}`,
          html`<pre class="output" tabindex="0" aria-label="What the command printed" ${follow()}>
${text}</pre>`,
        )
      : nothing
  }`;
}

/** Who proposed the command; where people changed it, what was proposed and what they made of it. */
function authorship({ proposed, edits }: StepView): TemplateResult {
  return html`${
    proposed === undefined
      ? nothing
      : html`<dt>Proposed</dt>
          <dd>
            by
            ${proposerWords(proposed.by)}${edits === undefined ? nothing : html`:<br /><code>${proposed.command}</code>`}
          </dd>`
  }
  ${map(
    edits,
    ({ by, time, command: written }) =>
      html`<dt>Edited</dt>
        <dd>by ${by} at ${clockTime(time)}:<br /><code>${written}</code></dd>`,
  )}`;
}

function confidence(step: StepView): TemplateResult {
  if (step.editedBy !== undefined) return html`${noConfidence(step.editedBy)}`;
  return html`<div class="confidence">
      <meter min="0" max="1" .value=${step.confidence} aria-label="Confidence"></meter>
      <span>${percent(step.confidence)}</span>
    </div>
    <ul class="parts">
      ${map(step.confidenceParts, (part) => html`<li>${part.label}: ${percent(part.value)}</li>`)}
    </ul>`;
}
