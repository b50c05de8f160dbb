/** CodeLens above each step: what can be done with it, or what is going on. */
import * as vscode from 'vscode';
import type { RunView, StepView } from '../../domain/run.ts';
import { canUndo, type RunDesk } from '../runDesk.ts';
import { plain, withoutIcons } from '../text.ts';
import { isOver, stepState } from '../words.ts';
import { planScheme, runOf, type PlanDocuments } from './document.ts';

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
 */
export function lensesFor(
  view: RunView,
  step: StepView,
  asked: string | undefined,
  progress?: string,
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
      action(
        '$(play) Approve & Run',
        'oncall.approveStep',
        `Runs the command below in ${plain(view.context, 80)} (${risk})`,
      ),
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
  if (step.state === 'interrupted' && isOver(view.phase)) {
    const says = 'Looks at the cluster for what became of this step; nothing is run again';
    return [state, action('$(search) Check the Cluster', 'oncall.checkInterrupted', says), ...inGit];
  }
  return canUndo(view, step)
    ? [state, action('$(discard) Undo', 'oncall.undoStep', 'Puts back what this step changed'), ...inGit]
    : [state, ...inGit];
}

export class PlanLenses implements vscode.CodeLensProvider {
  readonly #documents: PlanDocuments;
  readonly #desk: RunDesk;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(documents: PlanDocuments, desk: RunDesk) {
    this.#documents = documents;
    this.#desk = desk;
    this.#subscriptions = [
      vscode.languages.registerCodeLensProvider({ scheme: planScheme }, this),
      desk.onDidChange(() => {
        this.#changed.fire();
      }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const runId = runOf(document.uri);
    const view = runId === undefined ? undefined : this.#desk.view(runId);
    if (view === undefined) return [];
    const asked = this.#desk.asked().find((request) => request.runId === view.runId)?.step;
    const { progress } = this.#desk.live(view.runId);
    const rendered = this.#documents.rendered(view.runId);
    // While the text that is on screen is not yet the newest, its lines belong to other steps.
    if (rendered.text !== document.getText().replaceAll('\r\n', '\n')) return [];
    return rendered.steps.flatMap(({ stepId, header }) => {
      const step = view.steps.find((one) => one.id === stepId);
      if (step === undefined) return [];
      const askedNow = asked?.id === stepId && asked.argvHash === step.argvHash ? stepId : undefined;
      return lensesFor(view, step, askedNow, progress.get(stepId)).map(
        (lens) =>
          new vscode.CodeLens(new vscode.Range(header, 0, header, 0), {
            title: lens.title,
            command: lens.command,
            arguments: [...lens.arguments],
            ...(lens.tooltip === undefined ? {} : { tooltip: lens.tooltip }),
          }),
      );
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
