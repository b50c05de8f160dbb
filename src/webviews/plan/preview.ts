/** What a step would do: how far it reaches, what the API server says, and what would be different. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import { describeRef } from '../../domain/kubernetes.ts';
import { reachWords, rehearsalWords, type ObjectChange, type Preview } from '../../domain/preview.ts';
import type { StepView } from '../../domain/run.ts';
import { diffBlock } from './diff.ts';
import { fold } from './fold.ts';

const icons: Record<Preview['rehearsal']['state'], string> = {
  accepted: 'pass',
  refused: 'error',
  unknown: 'question',
};

/** What it would do. Once it ran, what the API server foretold is told no more: what it really said stands above. */
export function previewOf({ id, preview, gitops, outcome }: StepView): TemplateResult | typeof nothing {
  if (preview === undefined) return nothing;
  const { rehearsal, reach, changes, gaps } = preview;
  return html`<div class="preview ${rehearsal.state}" role="group" aria-label="What it would do">
    <ul class="reach" aria-label="How far it reaches">
      ${map(reachWords(reach, gitops), (text) => html`<li>${text}</li>`)}
      ${map(gaps, (text) => html`<li class="gap">${text}</li>`)}
    </ul>
    ${
      outcome?.exitCode === undefined
        ? html`<p class="rehearsal">
            <span class="codicon codicon-${icons[rehearsal.state]}" aria-hidden="true"></span>
            ${rehearsalWords(rehearsal)}
          </p>`
        : nothing
    }
    ${differences(id, changes)}
  </div>`;
}

function differences(id: string, changes: readonly ObjectChange[]): TemplateResult | typeof nothing {
  if (changes.length === 0) return nothing;
  const names = changes.map(({ ref }) => describeRef(ref)).join(', ');
  return fold(
    `changes ${id}`,
    false,
    `What would be different: ${names}`,
    map(changes, ({ ref, diff }) =>
      diff === ''
        ? html`<p class="message">${describeRef(ref)}: only values that are not shown</p>`
        : diffBlock(diff, `Change of ${describeRef(ref)}`),
    ),
  );
}
