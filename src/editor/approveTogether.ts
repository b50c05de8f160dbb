/** "Oncall: Approve & Run Steps Together…": shows the commands once more, whole, and runs them when a person says so. */
import * as vscode from 'vscode';
import type { RunDesk } from './runDesk.ts';
import { exact, plain } from './text.ts';

/** Approves what may be approved together in a run now. What is approved is what the question shows. */
export async function approveTogether(desk: RunDesk, runId: string | undefined): Promise<void> {
  const view = runId === undefined ? undefined : desk.view(runId);
  const offered = runId === undefined ? [] : desk.offeredTogether(runId);
  if (runId === undefined || view === undefined || offered.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('There are no steps that can be approved together now.'),
    );
    return;
  }
  const lines = offered.map(({ stepId }) => {
    const index = view.steps.findIndex(({ id }) => id === stepId);
    return `${index + 1}.  ${exact(view.steps[index]?.command ?? '')}`;
  });
  const yes = vscode.l10n.t('Approve & Run These {0}', offered.length);
  const after = vscode.l10n.t(
    'One after another, each decided anew when its turn comes. Once one does not go through, you are asked about the rest.',
  );
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Run {0} commands in {1}?', offered.length, plain(view.context, 80)),
    { modal: true, detail: [...lines, '', after].join('\n') },
    yes,
  );
  if (answer === yes) await desk.answerTogether(runId, offered);
}
