/** Who else decides what an object says, and the change to make there in the place of the command. */
import { html, nothing, type TemplateResult } from 'lit';
import { takesBack, type GitOpsMark, type ManifestChange } from '../../domain/plan.ts';
import type { StepView } from '../../domain/run.ts';
import { diffBlock } from './diff.ts';

/** @param copy called when the change is wanted in the clipboard */
export function gitOps(step: StepView, copy: () => void): TemplateResult | typeof nothing {
  const { gitops } = step;
  if (gitops === undefined) return nothing;
  return html`<div
    class="gitops ${takesBack(gitops) ? 'taken-back' : ''}"
    role="group"
    aria-label="Managed elsewhere"
  >
    <p>
      <span class="codicon codicon-git-commit" aria-hidden="true"></span>
      <strong>${takesBack(gitops) ? `Kept in Git by ${gitops.tool}` : `Installed by ${gitops.tool}`}</strong>
      ${gitops.owner}
    </p>
    <p>
      ${
        takesBack(gitops)
          ? 'What kubectl changes here is taken back. Make the change in Git:'
          : 'What kubectl changes here is lost with the next upgrade. Change the chart or its values as well:'
      }
    </p>
    ${source(gitops)} ${outcome(step, copy)}
  </div>`;
}

function outcome({ gitops, manifestChange }: StepView, copy: () => void): TemplateResult {
  if (manifestChange === undefined) return unknownChange;
  return manifestChange.diff === ''
    ? html`<p class="message">
        The manifest that was applied last says it already: let ${gitops?.tool ?? ''} apply it again.
      </p>`
    : change(manifestChange, copy);
}

const unknownChange = html`<p class="message">
  The change of the manifest cannot be worked out from this command.
</p>`;

function source({ source: from }: GitOpsMark): TemplateResult | typeof nothing {
  if (from === undefined) return nothing;
  const parts = [from.repository, from.path, from.revision, from.chart && `chart ${from.chart}`];
  return html`<p class="message">From ${parts.filter((part) => part !== undefined).join(' · ')}</p>`;
}

function change({ diff, from }: ManifestChange, copy: () => void): TemplateResult {
  return html`<div class="command">
      ${diffBlock(diff, 'Change of the manifest')}
      <button
        class="icon"
        title="Copy the manifest change"
        aria-label="Copy the manifest change"
        @click=${copy}
      >
        <span class="codicon codicon-copy" aria-hidden="true"></span>
      </button>
    </div>
    <p class="message">
      ${
        from === 'last-applied'
          ? 'Worked out from what was applied last.'
          : 'Worked out from the object in the cluster: your manifest may be written differently.'
      }
    </p>`;
}
