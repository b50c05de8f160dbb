/** What a person can do about a step now; a forbidden one takes typing the name of what it is about. */
import { html, nothing, type TemplateResult } from 'lit';
import { canBeChecked } from '../../domain/interruption.ts';
import type { StepView } from '../../domain/run.ts';
import type { FromPlan, PlanState } from '../../ipc/plan.ts';

type Send = (message: FromPlan) => void;

/** What was typed for a command, by step and hash: another command begins with an empty field. Never kept. */
const typed = new Map<string, string>();
const keyOf = ({ id, argvHash }: StepView): string => `${id} ${argvHash}`;

/**
 * The buttons of a step, and the field for a name where it takes one.
 * @param again draws the panel anew
 */
export function actions(state: PlanState, step: StepView, send: Send, again: () => void): TemplateResult {
  const offered = buttons(state, step, send);
  return html`${nameField(state, step, send, again)} ${refusal(state, step)}
  ${offered === nothing ? nothing : html`<div class="actions" role="group" aria-label="What to do">${offered}</div>`}`;
}

function buttons(state: PlanState, step: StepView, send: Send): TemplateResult | typeof nothing {
  const ref = { runId: state.run.runId, stepId: step.id };
  if (step.state === 'awaiting-approval' && state.live)
    return html`<vscode-button
        icon="play"
        ?secondary=${state.outdated !== undefined}
        ?disabled=${!nameFits(step)}
        @click=${() => approve(state, step, send)}
        >Approve & Run</vscode-button
      >
      <vscode-button secondary icon="beaker" @click=${() => send({ type: 'dryRun', ...ref })}
        >Dry Run</vscode-button
      >
      <vscode-button secondary icon="edit" @click=${() => send({ type: 'edit', ...ref })}
        >Edit…</vscode-button
      >
      <vscode-button secondary icon="debug-step-over" @click=${() => send({ type: 'skip', ...ref })}
        >Skip</vscode-button
      >`;
  if (step.state === 'previewed')
    return html`<vscode-button secondary icon="settings-gear" @click=${() => send({ type: 'switchMode' })}
      >Switch Mode…</vscode-button
    >`;
  if (state.live) return nothing;
  const inDoubt = canBeChecked(step.state);
  const undo = canBeTakenBack(step);
  if (!inDoubt && !undo) return nothing;
  return html`${
    inDoubt
      ? html`<vscode-button icon="search" @click=${() => send({ type: 'checkInterrupted', ...ref })}
          >Check the Cluster</vscode-button
        >`
      : nothing
  }${
    undo
      ? html`<vscode-button secondary icon="discard" @click=${() => send({ type: 'undo', ...ref })}
          >Undo…</vscode-button
        >`
      : nothing
  }`;
}

/** Whether there is a way back, and something that was seen to change. */
function canBeTakenBack({ state, undo, undoes, outcome }: StepView): boolean {
  const ran = ['verified', 'failed', 'done', 'not-seen'].includes(state);
  return ran && undo !== undefined && undoes === undefined && outcome?.noUndo === undefined;
}

/** Whether nothing, or the right name, has been typed. The extension host compares as well: this is for the eye. */
function nameFits(step: StepView): boolean {
  const name = step.decision.typeToConfirm;
  return name === undefined || typed.get(keyOf(step)) === name;
}

function approve({ run }: PlanState, step: StepView, send: Send): void {
  const typedName = typed.get(keyOf(step));
  send({
    type: 'approve',
    runId: run.runId,
    stepId: step.id,
    argvHash: step.argvHash,
    ...(step.decision.typeToConfirm === undefined ? {} : { typedName: typedName ?? '' }),
  });
}

function nameField(
  state: PlanState,
  step: StepView,
  send: Send,
  again: () => void,
): TemplateResult | typeof nothing {
  const name = step.decision.typeToConfirm;
  const asked = step.state === 'awaiting-approval';
  // There before its turn, so that nothing moves when that comes.
  if (name === undefined || !state.live || !(asked || step.state === 'pending')) return nothing;
  const id = `name-${step.id}`;
  return html`<div class="typed-name">
    <label for=${id}>Type <code>${name}</code> to run it</label>
    <input
      id=${id}
      type="text"
      autocomplete="off"
      spellcheck="false"
      ?disabled=${!asked}
      .value=${typed.get(keyOf(step)) ?? ''}
      aria-describedby=${`${id}-says`}
      @input=${({ currentTarget }: Event) => {
        if (currentTarget instanceof HTMLInputElement) typed.set(keyOf(step), currentTarget.value);
        again();
      }}
      @keydown=${({ key }: KeyboardEvent) => {
        if (key === 'Enter' && nameFits(step)) approve(state, step, send);
      }}
    />
    <span id=${`${id}-says`} class="message" role="status"
      >${!asked ? 'Its turn has not come.' : nameFits(step) ? 'The name fits.' : 'Letter for letter, or it does not run.'}</span
    >
  </div>`;
}

function refusal({ refusal: said }: PlanState, { id }: StepView): TemplateResult | typeof nothing {
  if (said?.stepId !== id) return nothing;
  return html`<p class="refusal" role="alert">
    <span class="codicon codicon-error" aria-hidden="true"></span> ${said.message}
  </p>`;
}
