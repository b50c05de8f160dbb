/** The analysis while it goes on: what the model writes, and what it has used up of what it may. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { AnalysisUsage } from '../../domain/analysis.ts';
import type { FromPlan, PlanState, RunStream } from '../../ipc/plan.ts';
import { duration } from '../../domain/words.ts';
import { budgetOf, milestone, money } from './budget.ts';
import { follow } from './follow.ts';

type Send = (message: FromPlan) => void;

/** The part of the panel until there is a diagnosis. */
export function investigation({ run, stream, live }: PlanState, send: Send): TemplateResult | typeof nothing {
  const { analysis, usage } = stream;
  if (!live && analysis === '') return nothing;
  const ended = run.endedAt === undefined ? Date.now() : Date.parse(run.endedAt);
  const now = usage && elapsed(usage, live ? Date.now() : ended);
  return html`<section aria-labelledby="investigation-title">
    <h2 id="investigation-title">${live ? 'Investigating' : 'Investigation'}</h2>
    ${now || analysis ? nothing : html`<p class="message">The facts are read in the cluster. What is found stands here.</p>`}
    ${now ? budget(now, run.runId, live, send) : nothing}
    ${now || analysis ? html`<pre class="analysis ${live ? 'live' : ''}" tabindex="0" aria-label="What Claude writes" ${follow()}>${analysis}</pre>` : nothing}
  </section>`;
}

/** One field for each bound, of fixed width. Only milestones are announced: a number that ticks would drown all else. */
function budget(usage: AnalysisUsage, runId: string, live: boolean, send: Send): TemplateResult {
  return html`<div class="budget" role="group" aria-label="What the analysis has used up">
      ${map(
        budgetOf(usage),
        ({ name, used, of, share }) =>
          html`<div class="bound">
            <span class="bound-name">${name}</span>
            <span class="bound-used">${used}</span>
            <meter
              min="0"
              max="1"
              high="0.8"
              .value=${share}
              aria-label=${`${name}: ${used} of ${of}`}
            ></meter>
            <span class="bound-of">of ${of}</span>
          </div>`,
      )}
    </div>
    <p class="actions">
      ${
        live
          ? html`<vscode-button secondary icon="close" @click=${() => send({ type: 'stop', runId })}
              >Cancel</vscode-button
            >`
          : nothing
      }
      ${sentButton(runId, send)}
      <span class="spent">${usage.model}</span>
    </p>
    <p class="unseen" role="status">${milestone(usage)}</p>`;
}

/** What the analysis took, once there is a diagnosis. */
export function costs({ usage }: RunStream, runId: string, send: Send): TemplateResult | typeof nothing {
  if (usage === undefined) return nothing;
  const { requests, toolCalls, inputTokens, outputTokens, dollars, elapsedMs, model } = usage.usage;
  const parts = [
    model,
    `${requests} ${requests === 1 ? 'request' : 'requests'}`,
    ...(toolCalls === 0 ? [] : [`${toolCalls} ${toolCalls === 1 ? 'read' : 'reads'}`]),
    `${(inputTokens + outputTokens).toLocaleString('en')} tokens`,
    ...(dollars === undefined ? [] : [money(dollars)]),
    duration(elapsedMs),
  ];
  return html`<p class="actions">
    <span class="spent">${parts.join(' · ')}</span> ${sentButton(runId, send)}
  </p>`;
}

function sentButton(runId: string, send: Send): TemplateResult {
  return html`<vscode-button
    secondary
    icon="cloud-upload"
    title="The exact requests to the model, with credentials taken out"
    @click=${() => send({ type: 'showSent', runId })}
    >What Was Sent</vscode-button
  >`;
}

/** Time goes on between messages, up to the end of a run that was stopped meanwhile. */
function elapsed({ usage, at }: NonNullable<RunStream['usage']>, until: number): AnalysisUsage {
  return { ...usage, elapsedMs: usage.elapsedMs + Math.max(0, until - at) };
}
