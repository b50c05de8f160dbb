/** CodeLens above each step: what can be done with it, or what is going on. */
import * as vscode from 'vscode';
import { canBeChecked } from '../../domain/interruption.ts';
import type { RunView, StepView } from '../../domain/run.ts';
import { canUndo, type RunDesk } from '../runDesk.ts';
import { exact, plain, withoutIcons } from '../text.ts';
import { isOver, stepState } from '../words.ts';
import { stepPlaces } from './blocks.ts';
import { planSelector, runOf } from './document.ts';
import type { EditDocuments, EditNow } from './editDocument.ts';
import { gone, noteText } from './noteText.ts';

/** A lens before the editor knows of it. */
export interface LensFace {
  readonly title: string;
  readonly tooltip?: string;
  /** Empty where there is nothing to click. */
  readonly command: string;
  readonly arguments: readonly string[];
}

/**
 * The lenses of one step. Approval carries the hash of the command that is seen; it is checked again on click.
 * @param asked the id of the step that is asked about now
 * @param state what the run says it is doing with the step, and how many steps can be approved together with it
 */
export function lensesFor(
  view: RunView,
  step: StepView,
  asked: string | undefined,
  {
    progress,
    together = 0,
    outdated,
  }: { readonly progress?: string | undefined; readonly together?: number; readonly outdated?: string } = {},
): LensFace[] {
  const action = (title: string, command: string, tooltip: string): LensFace => ({
    title,
    tooltip,
    command,
    arguments: [view.runId, step.id, step.argvHash],
  });
  const inGit =
    (step.manifestChange?.diff ?? '') === ''
      ? []
      : [
          action(
            '$(git-commit) Copy Manifest Change',
            'oncall.copyManifestChange',
            'Copies the change to make in Git',
          ),
        ];
  if (asked === step.id) {
    const risk = step.risk.forbidden ? 'type the name to run it' : `${step.risk.riskLevel} risk`;
    return [
      ...(outdated === undefined
        ? []
        : [
            {
              title: `$(warning) ${vscode.l10n.t('Look Again')}`,
              tooltip: plain(outdated, 300),
              command: 'oncall.remediateIncident',
              arguments: [view.incidentId],
            },
          ]),
      action(
        '$(play) Approve & Run',
        'oncall.approveStep',
        `Runs the command below in ${plain(view.context, 80)} (${risk})`,
      ),
      ...(together === 0
        ? []
        : [
            {
              title: `$(run-all) ${vscode.l10n.t('Approve {0} Together…', together)}`,
              tooltip: vscode.l10n.t('Shows the commands once more, and runs them one after another'),
              command: 'oncall.approveTogether',
              arguments: [view.runId],
            },
          ]),
      action(
        '$(beaker) Dry Run',
        'oncall.dryRunStep',
        'Asks the API server what would happen, and changes nothing',
      ),
      action('$(edit) Edit', 'oncall.editStep', 'Changes the command; it is assessed and asked about anew'),
      action('$(debug-step-over) Skip', 'oncall.skipStep', 'Leaves this step out'),
      ...inGit,
    ];
  }
  const { icon, label } = stepState(view.phase, step.state);
  const state: LensFace = {
    title: `$(${icon}) ${withoutIcons(
      [label, progress]
        .filter((part) => part !== undefined)
        .map((part) => plain(part, 120))
        .join(' · '),
    )}`,
    command: '',
    arguments: [],
  };
  const says = 'Looks at the cluster for what became of this step; nothing is run again';
  const inDoubt = canBeChecked(step.state) && isOver(view.phase);
  const seenToChange = step.state !== 'interrupted' && canUndo(view, step);
  return [
    state,
    ...(inDoubt ? [action('$(search) Check the Cluster', 'oncall.checkInterrupted', says)] : []),
    ...(seenToChange
      ? [action('$(discard) Undo', 'oncall.undoStep', 'Puts back what this step changed')]
      : []),
    ...inGit,
  ];
}

export class PlanLenses implements vscode.CodeLensProvider {
  readonly #desk: RunDesk;
  readonly #edits: EditDocuments;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(desk: RunDesk, edits: EditDocuments) {
    this.#desk = desk;
    this.#edits = edits;
    this.#subscriptions = [
      vscode.languages.registerCodeLensProvider(planSelector, this),
      desk.onDidChange(() => {
        this.#changed.fire();
      }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const runId = runOf(document.uri);
    const view = runId === undefined ? undefined : this.#desk.view(runId);
    if (view === undefined) return [];
    const asked = this.#desk.askedIn(view.runId)?.step;
    const { progress, outdated } = this.#desk.live(view.runId);
    const edit = this.#edits.look(document);
    return stepPlaces(document.getText()).flatMap(({ index, header, text }) => {
      const step = view.steps[index];
      if (step === undefined) return [];
      if (edit !== undefined) return index === edit.edit.index ? lensesAt(header, editLenses(edit)) : [];
      // For a moment the text may be older than the run: nothing is approved but what can be read there.
      const isAsked =
        asked?.id === step.id && asked.argvHash === step.argvHash && text === exact(step.command);
      const together = isAsked ? this.#desk.offeredTogether(view.runId).length : 0;
      const state = {
        progress: progress.get(step.id),
        together,
        ...(outdated === undefined ? {} : { outdated }),
      };
      return lensesAt(header, lensesFor(view, step, isAsked ? step.id : undefined, state));
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

/** The lenses of the command that is being edited. */
function editLenses({ asked, changed, notes }: EditNow): LensFace[] {
  const says = (title: string): LensFace => ({ title, command: '', arguments: [] });
  const leave = (title: string): LensFace => ({
    title: `$(discard) ${title}`,
    tooltip: vscode.l10n.t('Goes back to the plan; the command stays as it is'),
    command: 'workbench.action.revertAndCloseActiveEditor',
    arguments: [],
  });
  const wrong = asked ? notes.find(({ severity }) => severity === 'error') : undefined;
  const against = asked ? wrong && noteText(wrong) : gone();
  // What can be done first: a narrow editor cuts off the end.
  if (against !== undefined) {
    return [leave(vscode.l10n.t('Discard Edit')), says(`$(error) ${withoutIcons(plain(against, 200))}`)];
  }
  if (!changed) {
    return [
      says(`$(edit) ${vscode.l10n.t('Change the command below')}`),
      leave(vscode.l10n.t('Back to the Plan')),
    ];
  }
  return [
    {
      title: `$(check) ${vscode.l10n.t('Use This Command')}`,
      tooltip: vscode.l10n.t('Saves: the new command is assessed, and you are asked about it'),
      command: 'workbench.action.files.save',
      arguments: [],
    },
    leave(vscode.l10n.t('Discard Edit')),
  ];
}

function lensesAt(line: number, faces: readonly LensFace[]): vscode.CodeLens[] {
  return faces.map(
    ({ title, tooltip, command, arguments: args }) =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        command,
        arguments: [...args],
        ...(tooltip === undefined ? {} : { tooltip }),
      }),
  );
}
