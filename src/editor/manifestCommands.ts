/** "Copy Manifest Change": takes to Git what a step shows beside its command. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { RunView, StepView } from '../domain/run.ts';
import { subject, type SubjectParts } from './subject.ts';
import { exact, plain, withoutIcons } from './text.ts';

export function manifestCommands(parts: SubjectParts) {
  const { desk } = parts;
  return {
    'oncall.copyManifestChange': async (...args: unknown[]): Promise<void> => {
      const about = await subject(parts, args, 'known', vscode.l10n.t('nothing was copied'));
      if (about === undefined) return;
      const named = about.kind === 'run' ? about.step : undefined;
      const runs = (await desk.history()).filter(
        ({ runId }) => about.kind === 'ask' || runId === about.runId,
      );
      const step =
        named === undefined ? await choose(runs) : runs[0]?.steps.find(({ id }) => id === named.stepId);
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

async function choose(runs: readonly RunView[]): Promise<StepView | undefined> {
  const offered = runs.flatMap(({ title, steps }) =>
    steps
      .filter(({ manifestChange }) => (manifestChange?.diff ?? '') !== '')
      .map((step) => ({ step, title })),
  );
  if (offered.length === 0) {
    void vscode.window.showInformationMessage('No step changes something that is kept in Git.');
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
