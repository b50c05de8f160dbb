/** The one question before steps run together, wherever it was asked for: each command whole, with what there is to know of it. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import type { StepView } from '../domain/run.ts';
import { togetherWords, type SeenStep } from '../ipc/planTogether.ts';
import type { RunDesk } from './runDesk.ts';
import { exact, plain } from './text.ts';

/**
 * Approves what may be approved together in a run now, once a person says so. What is approved is what the question shows.
 * @param seen what a person had before them already; what may be approved now where absent
 * @throws OncallError `approval-mismatch` where these are not, or are no longer, what may be approved together
 */
export async function approveTogether(
  desk: RunDesk,
  runId: string | undefined,
  seen?: readonly SeenStep[],
): Promise<void> {
  const view = runId === undefined ? undefined : desk.view(runId);
  const asked = runId === undefined ? [] : (seen ?? desk.offeredTogether(runId));
  if (runId === undefined || view === undefined || asked.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There are no steps that can be approved together now.'),
    );
    return;
  }
  const lines = asked.flatMap(({ stepId, argvHash }) => {
    const index = view.steps.findIndex(({ id }) => id === stepId);
    const step = view.steps[index];
    if (step?.argvHash !== argvHash) throw changed(runId);
    return [...linesOf(step, index), ''];
  });
  const after = vscode.l10n.t(
    'One after another, each decided anew when its turn comes. Once one does not go through, you are asked about each of the rest.',
  );
  const yes = vscode.l10n.t('Approve & Run These {0}', asked.length);
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Run {0} commands in {1}?', asked.length, plain(view.context, 80)),
    { modal: true, detail: [...lines, after].join('\n') },
    // The first one has the focus: it does what Cancel does.
    vscode.l10n.t('Decide One by One'),
    yes,
  );
  if (answer === yes) await desk.answerTogether(runId, asked);
}

function linesOf(step: StepView, index: number): string[] {
  return [
    `${index + 1}.  ${exact(step.command)}`,
    togetherWords(step)
      .map((words) => plain(words, 300))
      .join(' \u00b7 '),
  ];
}

const changed = (runId: string) =>
  new OncallError(
    'approval-mismatch',
    `The steps of run ${runId} are no longer the ones that were to be approved together`,
    'Look at the plan as it is now, and decide again.',
  );
