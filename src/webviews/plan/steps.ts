/** One card for each step: the command, what it risks, why, and what may be done about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import { keyed } from 'lit/directives/keyed.js';
import type { StepState } from '../../domain/plan.ts';
import type { StepView } from '../../domain/run.ts';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { duration, percent } from '../words.ts';
import { gitOps } from './gitops.ts';
import { previewOf } from './preview.ts';

type Send = (message: FromPlan) => void;

/** State in words and its icon; colour is never the only sign. */
const states: Record<StepState, { icon: string; text: string }> = {
  pending: { icon: 'circle-outline', text: 'Not started' },
  'awaiting-approval': { icon: 'person', text: 'Waits for your approval' },
  executing: { icon: 'sync', text: 'Running' },
  verifying: { icon: 'eye', text: 'Verifying' },
  verified: { icon: 'pass-filled', text: 'Verified' },
  done: { icon: 'check', text: 'Done' },
  failed: { icon: 'error', text: 'Failed' },
  skipped: { icon: 'debug-step-over', text: 'Skipped' },
  previewed: { icon: 'eye', text: 'Preview only' },
  refused: { icon: 'circle-slash', text: 'Refused' },
  undone: { icon: 'discard', text: 'Undone' },
  interrupted: { icon: 'warning', text: 'Interrupted, outcome unknown' },
};

const riskIcons = { low: 'info', medium: 'warning', high: 'flame' } as const;

/** The ordered cards. */
export function stepCards(state: PlanState, send: Send): TemplateResult {
  const { steps } = state.run;
  return html`<section aria-labelledby="steps-title">
    <h2 id="steps-title">${steps.length === 1 ? 'The step' : `${steps.length} steps, in this order`}</h2>
    <ol class="steps">
      ${map(steps, (step, index) => keyed(step.id, stepCard(state, step, index, send)))}
    </ol>
  </section>`;
}

function stepCard(state: PlanState, step: StepView, index: number, send: Send): TemplateResult {
  const { icon, text } = states[step.state];
  const stream = state.stream.steps[step.id];
  const running = step.state === 'executing' || step.state === 'verifying';
  const message =
    running && stream?.message ? stream.message : (step.outcome?.message ?? step.decision.reason);
  return html`<li class="card ${step.state}" aria-label=${`Step ${index + 1}: ${step.command}`}>
    <div class="card-head">
      <span class="number">${step.undoes ? 'Undo' : index + 1}</span>
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
        ${text}
      </span>
    </div>
    <div class="command">
      <pre><code>${step.command}</code></pre>
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
    <p class="message">${message}</p>
    ${lastSeen(step.outcome?.evidence)}
    ${gitOps(step, () => send({ type: 'copyManifest', runId: state.run.runId, stepId: step.id }))}
    ${previewOf(step)} ${actions(state, step, send)} ${output(step, stream?.output)}
    <dl>
      <dt>Why</dt>
      <dd>${step.rationale} ${citations(state.run.runId, step.evidence, send)}</dd>
      <dt>Confidence</dt>
      <dd>${confidence(step)}</dd>
      <dt>Verified when</dt>
      <dd>${step.verificationText}</dd>
      <dt>Undo</dt>
      <dd>
        ${step.undo ? html`${step.undo.summary}<br /><code>${step.undo.command}</code>` : 'There is no way back.'}
      </dd>
      ${
        step.approvedBy
          ? html`<dt>Approved by</dt>
              <dd>${step.approvedBy}</dd>`
          : nothing
      }
    </dl>
  </li>`;
}

function actions(state: PlanState, step: StepView, send: Send): TemplateResult | typeof nothing {
  const ref = { runId: state.run.runId, stepId: step.id };
  if (step.state === 'awaiting-approval' && state.live)
    return html`<div class="actions">
      <vscode-button icon="play" @click=${() => send({ type: 'approve', ...ref, argvHash: step.argvHash })}
        >${step.decision.typeToConfirm ? 'Approve & Run…' : 'Approve & Run'}</vscode-button
      >
      <vscode-button secondary icon="beaker" @click=${() => send({ type: 'dryRun', ...ref })}
        >Dry Run</vscode-button
      >
      <vscode-button secondary icon="edit" @click=${() => send({ type: 'edit', ...ref })}
        >Edit…</vscode-button
      >
      <vscode-button secondary icon="debug-step-over" @click=${() => send({ type: 'skip', ...ref })}
        >Skip</vscode-button
      >
    </div>`;
  if (step.state === 'previewed')
    return html`<div class="actions">
      <vscode-button secondary icon="settings-gear" @click=${() => send({ type: 'switchMode' })}
        >Switch Mode…</vscode-button
      >
    </div>`;
  if (!state.live && step.state === 'interrupted')
    return html`<div class="actions">
      <vscode-button icon="search" @click=${() => send({ type: 'checkInterrupted', ...ref })}
        >Check the Cluster</vscode-button
      >
    </div>`;
  if (!state.live && step.undo && ['verified', 'failed', 'done'].includes(step.state) && !step.undoes)
    return html`<div class="actions">
      <vscode-button secondary icon="discard" @click=${() => send({ type: 'undo', ...ref })}
        >Undo…</vscode-button
      >
    </div>`;
  return nothing;
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
      ? html`<details open>
          <summary>
            Dry run: ${step.dryRun.exitCode === 0 ? 'the API server would accept it' : 'refused'}
          </summary>
          <pre class="output">${step.dryRun.output}</pre>
        </details>`
      : nothing
  }
  ${
    text
      ? html`<details open>
          <summary>
            Output${step.outcome?.exitCode === undefined ? '' : `, exit code ${step.outcome.exitCode}`}${
              took === undefined ? '' : `, ${duration(took)}`
            }
          </summary>
          <pre class="output" tabindex="0">${text}</pre>
        </details>`
      : nothing
  }`;
}

function confidence(step: StepView): TemplateResult {
  return html`<div class="confidence">
      <meter min="0" max="1" .value=${step.confidence} aria-label="Confidence"></meter>
      <span>${percent(step.confidence)}</span>
    </div>
    <ul class="parts">
      ${map(step.confidenceParts, (part) => html`<li>${part.label}: ${percent(part.value)}</li>`)}
    </ul>`;
}

/** Buttons that open pieces of evidence. */
export function citations(runId: string, ids: readonly string[], send: Send): TemplateResult {
  return html`${map(
    ids,
    (evidenceId) =>
      html`<button
        class="citation"
        aria-label=${`Open evidence ${evidenceId}`}
        @click=${() => send({ type: 'openEvidence', runId, evidenceId })}
      >
        ${evidenceId}
      </button>`,
  )}`;
}
