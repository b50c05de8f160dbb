/** A command in the colours of its pieces. */
import { html, type TemplateResult } from 'lit';
import { map } from 'lit/directives/map.js';
import type { CommandToken } from '../../ipc/plan.ts';

/** @param plain the command's text, for a command of which no pieces are known */
export function command(tokens: readonly CommandToken[] | undefined, plain: string): TemplateResult {
  // One line: white space between the pieces would belong to the command.
  return html`<code class="colored"
    >${tokens === undefined || tokens.length === 0 ? plain : map(tokens, ({ text, kind }) => (kind === 'plain' ? text : html`<span class="token-${kind}">${text}</span>`))}</code
  >`;
}
