/** The plan panel: a pure picture of the state that the extension host sends. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import './main.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { RunPhase, RunView } from '../../domain/run.ts';
import type { FromPlan, PlanState, ToPlan } from '../../ipc/plan.ts';
import { connectHost } from '../host.ts';
import { clockTime, duration } from '../words.ts';
import { runbookList } from './runbooks.ts';
import { costs, investigation } from './analysis.ts';
import { citations, stepCards } from './steps.ts';

const page = document.body;
const send = connectHost<FromPlan, ToPlan>(({ state }) => show(state));
let shown: PlanState | undefined;

function show(state: PlanState): void {
  shown = state;
  render(plan(state), page);
}

// Elapsed time moves on between messages.
setInterval(() => {
  if (shown?.live) show(shown);
}, 1000);
send({ type: 'ready' });

/** The phases that a run passes; the last one is how it ended. */
const passage: readonly RunPhase[] = [
  'detected',
  'investigating',
  'planned',
  'awaiting approval',
  'executing',
  'verifying',
];

function plan(state: PlanState): TemplateResult {
  const { run } = state;
  return html`<main>
    ${header(state)} ${phases(run)}
    ${run.message ? html`<p class="outcome ${run.phase}" role="status">${run.message}</p>` : nothing}
    ${run.target ? nothing : candidates(run)}
    ${run.diagnosis ? diagnosis(state, run.diagnosis) : investigation(state, send)}
    ${runbookList(run.diagnosis?.runbooks ?? [], (evidenceId) => send({ type: 'openEvidence', runId: run.runId, evidenceId }))}
    ${run.steps.length > 0 ? stepCards(state, send) : nothing} ${run.diagnosis ? whatNext(state) : nothing}
  </main>`;
}

function header({ run, live, breaker, practice, incidentIsOpen }: PlanState): TemplateResult {
  const until = run.endedAt ? Date.parse(run.endedAt) : Date.now();
  return html`<header>
    <h1>${run.title}</h1>
    <p class="facts">
      ${practice ? html`<span class="badge practice">practice</span>` : nothing}
      <span>${run.incidentId}</span>
      ${run.service ? html`<span>${run.service}</span>` : nothing}
      ${run.urgency ? html`<span>${run.urgency} urgency</span>` : nothing}
      <span
        >started ${clockTime(run.startedAt)},
        ${duration(Math.max(0, until - Date.parse(run.startedAt)))}</span
      >
    </p>
    <p class="facts">
      <span class="badge context" title="The kubeconfig context that commands run in">
        <span class="codicon codicon-server-environment" aria-hidden="true"></span>context ${run.context}
      </span>
      <span title=${run.targetReason ?? ''}>
        <span class="codicon codicon-target" aria-hidden="true"></span>
        ${
          run.target
            ? `${run.target.kind} ${run.target.namespace ? `${run.target.namespace}/` : ''}${run.target.name}`
            : 'target not known yet'
        }
      </span>
      <span class="badge">mode ${run.mode}</span>
      ${breaker.state === 'closed' ? nothing : html`<span class="badge risk-high">breaker ${breaker.state}</span>`}
    </p>
    <p class="actions">
      ${
        live
          ? html`<vscode-button
              secondary
              icon="debug-stop"
              @click=${() => send({ type: 'stop', runId: run.runId })}
              >Stop This Run</vscode-button
            >`
          : nothing
      }
      <vscode-button
        secondary
        icon="go-to-file"
        @click=${() => send({ type: 'showDocument', runId: run.runId })}
        >Plan Document</vscode-button
      >
      <vscode-button secondary icon="history" @click=${() => send({ type: 'showAudit' })}
        >Audit Log</vscode-button
      >
      ${
        live
          ? nothing
          : html`<vscode-button
              secondary
              icon="markdown"
              @click=${() => send({ type: 'report', runId: run.runId })}
              >Incident Report</vscode-button
            >`
      }
      ${
        run.phase === 'resolved' && incidentIsOpen
          ? html`<vscode-button
              icon="pass"
              @click=${() => send({ type: 'resolve', incidentId: run.incidentId })}
              >Resolve in PagerDuty</vscode-button
            >`
          : nothing
      }
    </p>
  </header>`;
}

/** What a run that is over went through, by what it left behind: the other phases never were. */
function passedBy({ target, diagnosis, steps }: RunView): readonly RunPhase[] {
  const left: Partial<Record<RunPhase, boolean>> = {
    detected: true,
    investigating: target !== undefined || diagnosis !== undefined,
    planned: diagnosis !== undefined,
    'awaiting approval': steps.some(({ approvedBy }) => approvedBy !== undefined),
    executing: steps.some(({ outcome }) => outcome?.exitCode !== undefined),
    verifying: steps.some(
      ({ state, outcome }) => state === 'verified' || (state === 'failed' && outcome?.exitCode === 0),
    ),
  };
  return passage.filter((name) => left[name]);
}

function phases(run: RunView): TemplateResult {
  const { phase } = run;
  const reached = passage.indexOf(phase);
  return html`<ol class="phases" aria-label="Progress of the run">
    ${map(reached === -1 ? passedBy(run) : passage, (name, index) => {
      const state = reached === -1 || index < reached ? 'past' : index === reached ? 'now' : 'ahead';
      return html`<li class=${state} aria-current=${state === 'now' ? 'step' : 'false'}>${name}</li>`;
    })}
    ${reached === -1 ? html`<li class="now end" aria-current="step">${phase}</li>` : nothing}
  </ol>`;
}

/** What the alert may be about, where no one object could be told. It is chosen from a list of the editor. */
function candidates({ candidates: possible = [] }: RunView): TemplateResult | typeof nothing {
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

function diagnosis({ run: { runId, phase }, stream }: PlanState, found: Diagnosis): TemplateResult {
  return html`<section aria-labelledby="diagnosis-title">
    <h2 id="diagnosis-title">${phase === 'resolved' ? 'What was wrong' : 'What is wrong'}</h2>
    <p class="summary">${found.summary}</p>
    <p>
      <strong>Root cause</strong> ${found.rootCause || 'Not known.'}
      <span class="engine">${found.engine === 'claude' ? 'analysed by Claude' : 'built-in diagnosis'}</span>
    </p>
    ${costs(stream, runId, send)}
    ${map(
      found.notes,
      (note) =>
        html`<p class="note"><span class="codicon codicon-info" aria-hidden="true"></span> ${note}</p>`,
    )}
    ${
      found.findings.length > 0
        ? html`<h3>Facts</h3>
            <ul>
              ${map(
                found.findings,
                (finding) =>
                  html`<li>
                    <strong>${finding.name}</strong> ${finding.summary}
                    ${citations(runId, finding.evidence, send)}
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    ${
      found.hypotheses.length > 0
        ? html`<h3>Guesses</h3>
            <ul class="guesses">
              ${map(
                found.hypotheses,
                (one) => html`<li>${one.statement} ${citations(runId, one.evidence, send)}</li>`,
              )}
            </ul>`
        : nothing
    }
    <details>
      <summary>
        Evidence
        (${found.evidence.length}${found.gaps.length > 0 ? `, ${found.gaps.length} not readable` : ''})
      </summary>
      <ul class="evidence">
        ${map(found.evidence, (one) => html`<li>${citations(runId, [one.id], send)} ${one.summary}</li>`)}
        ${map(found.gaps, (gap) => html`<li class="gap">Not readable: ${gap.what} (${gap.reason})</li>`)}
      </ul>
    </details>
  </section>`;
}

/** What a person can do once a run has ended without success. */
function whatNext({ run, live }: PlanState): TemplateResult | typeof nothing {
  if (live || !['unresolved', 'stopped', 'interrupted', 'undone'].includes(run.phase)) return nothing;
  return html`<section>
    <h2>What to try next</h2>
    <ul>
      <li>Run "Remediate Incident" again: the evidence is read anew.</li>
      ${
        run.steps.some((step) => step.state === 'failed' && step.undo)
          ? html`<li>Undo the failed step, then look at the evidence above.</li>`
          : nothing
      }
      ${
        run.phase === 'interrupted'
          ? html`<li>Check the cluster first: a command was started and its end was not seen.</li>`
          : nothing
      }
      <li>Hand over: the audit log holds everything that was tried.</li>
    </ul>
  </section>`;
}
