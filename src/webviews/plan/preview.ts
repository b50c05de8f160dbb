/** What a step would do: how far it reaches, what the API server says, and what would be different. */
import { html, nothing, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import { describeRef } from '../../domain/kubernetes.ts';
import { reachWords, rehearsalWords, type ObjectChange, type Preview } from '../../domain/preview.ts';
import type { StepView } from '../../domain/run.ts';
import { diffBlock } from './diff.ts';

const icons: Record<Preview['rehearsal']['state'], string> = {
  accepted: 'pass',
  refused: 'error',
  unknown: 'question',
};

export function previewOf({ preview, gitops }: StepView): TemplateResult | typeof nothing {
  if (preview === undefined) return nothing;
  const { rehearsal, reach, changes, gaps } = preview;
  return html`<section class="preview ${rehearsal.state}" aria-label="Preview">
    <ul class="reach" aria-label="How far it reaches">
      ${map(reachWords(reach, gitops), (text) => html`<li>${text}</li>`)}
      ${map(gaps, (text) => html`<li class="gap">${text}</li>`)}
    </ul>
    <p class="rehearsal">
      <span class="codicon codicon-${icons[rehearsal.state]}" aria-hidden="true"></span>
      ${rehearsalWords(rehearsal)}
    </p>
    ${differences(changes)}
  </section>`;
}

function differences(changes: readonly ObjectChange[]): TemplateResult | typeof nothing {
  if (changes.length === 0) return nothing;
  const names = changes.map(({ ref }) => describeRef(ref)).join(', ');
  return html`<details>
    <summary>What would be different: ${names}</summary>
    ${map(changes, ({ ref, diff }) =>
      diff === ''
        ? html`<p class="message">${describeRef(ref)}: only values that are not shown</p>`
        : diffBlock(diff, `Change of ${describeRef(ref)}`),
    )}
  </details>`;
}
