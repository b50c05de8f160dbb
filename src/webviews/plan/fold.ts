/** A part that folds, and stays as it was left. */
import { html, type TemplateResult } from 'lit';
import { isOpen, setOpen } from './memory.ts';

/**
 * @param key what it is, within the run
 * @param begins whether it is unfolded before anybody touched it
 */
export function fold(key: string, begins: boolean, summary: unknown, body: unknown): TemplateResult {
  return html`<details
    ?open=${isOpen(key, begins)}
    @toggle=${({ currentTarget }: Event) => {
      if (currentTarget instanceof HTMLDetailsElement) setOpen(key, currentTarget.open);
    }}
  >
    <summary>${summary}</summary>
    ${body}
  </details>`;
}
