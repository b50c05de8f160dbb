/** "Copy Manifest Change": takes to Git what a step shows beside its command. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { RunView, StepView } from '../domain/run.ts';
import { stepArgument } from './commandTable.ts';
import { runOf } from './planDocument/document.ts';
import type { RunDesk } from './runDesk.ts';
import { exact, plain, withoutIcons } from './text.ts';

export function manifestCommands(desk: RunDesk) {
  return {
    'oncall.copyManifestChange': async (...args: unknown[]): Promise<void> => {
      const named = stepArgument(args);
      const step =
        named === undefined
          ? await choose(await desk.history())
          : desk.view(named.runId)?.steps.find(({ id }) => id === named.stepId);
      const diff = step?.manifestChange?.diff ?? '';
      if (named !== undefined && diff === '') {
        throw new OncallError(
          'run-unknown',
          'This step has no change of a manifest',
          'Look at the plan as it is now.',
        );
      }
      if (diff === '') return;
      await vscode.env.clipboard.writeText(diff);
      vscode.window.setStatusBarMessage('$(check) The manifest change was copied', 3000);
    },
  };
}

/** Of the run that is on screen where it has such steps, else of all. */
async function choose(runs: readonly RunView[]): Promise<StepView | undefined> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const shown = uri && runOf(uri);
  const steps = runs.flatMap(({ runId, title, steps: all }) =>
    all
      .filter(({ manifestChange }) => (manifestChange?.diff ?? '') !== '')
      .map((step) => ({ step, title, isShown: runId === shown })),
  );
  const here = steps.filter(({ isShown }) => isShown);
  const offered = here.length > 0 ? here : steps;
  if (offered.length === 0) {
    await vscode.window.showInformationMessage('No step changes something that is kept in Git.');
    return undefined;
  }
  if (offered.length === 1) return offered[0]?.step;
  const chosen = await vscode.window.showQuickPick(
    offered.map(({ step, title }) => ({
      label: withoutIcons(exact(step.command)),
      description: withoutIcons(plain(title, 120)),
      step,
    })),
    { title: 'Copy which manifest change?', placeHolder: 'The command that it stands for' },
  );
  return chosen?.step;
}
