/** A unified diff as coloured lines. */
import { html, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';

/** @param label what it is a diff of, for who does not see it */
export function diffBlock(diff: string, label: string): TemplateResult {
  return html`<div class="diff" role="group" tabindex="0" aria-label=${label}>
    ${map(diff.trimEnd().split('\n'), (line) => html`<div class=${kindOf(line)}>${line}</div>`)}
  </div>`;
}

/** Colour is not the only sign: the line keeps its own. */
function kindOf(line: string): string {
  if (line.startsWith('---') || line.startsWith('+++')) return 'head';
  return line.startsWith('@@')
    ? 'place'
    : line.startsWith('+')
      ? 'added'
      : line.startsWith('-')
        ? 'removed'
        : '';
}
