/** Which incident it is, where its commands run, and how far the run is. The bar on top stays in sight. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { ContextAppearance } from '../../domain/context-appearance.ts';
import type { RunPhase, RunView } from '../../domain/run.ts';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';
import { duration } from '../../domain/words.ts';
import { clockTime } from '../words.ts';
import { goTo } from './focus.ts';
import { nextSteps } from './next.ts';
import { statusWords } from './status.ts';

type Send = (message: FromPlan) => void;

/** Where commands run, what may run, what goes on and for how long, and the way to stop it. */
export function bar(state: PlanState, send: Send): TemplateResult {
  const { run, live, breaker, appearance, practice } = state;
  const until = run.endedAt ? Date.parse(run.endedAt) : Date.now();
  const words = statusWords(state);
  const waiting = live ? run.steps.find((step) => step.state === 'awaiting-approval') : undefined;
  return html`<div
    class="bar ${appearance.appearance}"
    role="region"
    aria-label="Where it runs and how it stands"
  >
    <div class="place">
      ${contextBadge(appearance, run.context)}
      ${practice ? html`<span class="badge practice">practice</span>` : nothing}
      <span class="badge">mode ${run.mode}</span>
      <span class="badge ${breaker.state === 'closed' ? 'quiet' : 'risk-high'}"
        ><span
          class="codicon codicon-${breaker.state === 'closed' ? 'pass' : 'warning'}"
          aria-hidden="true"
        ></span
        >breaker ${breaker.state}</span
      >
    </div>
    <p class="going-on ${live ? 'live' : `outcome ${run.phase.replaceAll(' ', '-')}`}">
      <span
        class="codicon codicon-${!live ? (endIcons[run.phase] ?? 'circle-outline') : waiting === undefined ? 'sync codicon-modifier-spin' : 'bell-dot'}"
        aria-hidden="true"
      ></span>
      <span class="words" role="status" title=${words}>${words}</span>
      ${
        waiting !== undefined
          ? html`<button class="link" @click=${() => goTo(`step-${waiting.id}`)}>Go to it</button>`
          : nextSteps(state).length > 0
            ? html`<button class="link" @click=${() => goTo('next')}>What to try next</button>`
            : nothing
      }
      <span class="elapsed">${duration(Math.max(0, until - Date.parse(run.startedAt)))}</span>
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
    </p>
  </div>`;
}

const endIcons: Partial<Record<RunPhase, string>> = {
  resolved: 'pass-filled',
  unresolved: 'error',
  interrupted: 'warning',
  'not seen': 'question',
  undone: 'discard',
  proposed: 'eye',
  stopped: 'debug-stop',
};

/** Production has a sign and its word in capitals: colour alone tells nobody. */
function contextBadge({ appearance, label }: ContextAppearance, context: string): TemplateResult {
  const word = label ?? (appearance === 'neutral' ? undefined : appearance);
  const icon = appearance === 'production' ? 'warning' : 'server-environment';
  return html`<span class="context" title="The kubeconfig context that commands run in">
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    ${word === undefined ? nothing : html`<strong class="look">${word}</strong>`}
    <span>context ${context}</span>
  </span>`;
}

/** The incident, its object, and what can be opened about it. */
export function header({ run, live, incidentIsOpen }: PlanState, send: Send): TemplateResult {
  const { target } = run;
  return html`<header>
    <h1 title=${run.title}>${run.title}</h1>
    <p class="facts">
      <span>${run.incidentId}</span>
      ${run.service ? html`<span>${run.service}</span>` : nothing}
      ${run.urgency ? html`<span>${run.urgency} urgency</span>` : nothing}
      <span>started ${clockTime(run.startedAt)}</span>
    </p>
    <p class="facts">
      <span title=${run.targetReason ?? ''}>
        <span class="codicon codicon-target" aria-hidden="true"></span>
        ${
          target
            ? html`<strong
                >${target.kind} ${target.namespace ? `${target.namespace}/` : ''}${target.name}</strong
              >`
            : 'target not known yet'
        }
      </span>
    </p>
    ${run.targetDoubt === undefined ? nothing : html`<p class="gap"><span class="codicon codicon-warning" aria-hidden="true"></span> In doubt: ${run.targetDoubt}</p>`}
    <p class="actions">
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

/** The phases that a run passes; the last one is how it ended. */
const passage: readonly RunPhase[] = [
  'detected',
  'investigating',
  'planned',
  'awaiting approval',
  'executing',
  'verifying',
];

/** What a run that is over went through, by what it left behind: the other phases never were. */
function passedBy({ target, diagnosis, steps }: RunView): readonly RunPhase[] {
  const left: Partial<Record<RunPhase, boolean>> = {
    detected: true,
    investigating: target !== undefined || diagnosis !== undefined,
    planned: diagnosis !== undefined,
    'awaiting approval': steps.some(({ approvedBy }) => approvedBy !== undefined),
    executing: steps.some(({ outcome }) => outcome?.exitCode !== undefined),
    verifying: steps.some(
      ({ state, outcome }) =>
        state === 'verified' ||
        outcome?.verification !== undefined ||
        (state === 'failed' && outcome?.exitCode === 0),
    ),
  };
  return passage.filter((name) => left[name]);
}

/** How far the run is. */
export function phases(run: RunView): TemplateResult {
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
