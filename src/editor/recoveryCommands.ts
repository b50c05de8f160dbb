/** What can be done about steps that a crash or a reload interrupted: look at the cluster. */
import * as vscode from 'vscode';
import { canBeChecked, interruptionWords } from '../domain/interruption.ts';
import type { RunView, StepView } from '../domain/run.ts';
import type { Handlers } from './commandTable.ts';
import type { PlanPanel } from './planPanel.ts';
import type { RunDesk } from './runDesk.ts';
import { subject } from './subject.ts';
import { exact, notice, plain, withoutIcons } from './text.ts';

export interface RecoveryParts {
  readonly desk: RunDesk;
  readonly panel: Pick<PlanPanel, 'show' | 'inFront'>;
}

export function recoveryCommands(parts: RecoveryParts) {
  return {
    'oncall.checkInterrupted': async (...args: unknown[]) => {
      const about = await subject(parts, args, 'known', vscode.l10n.t('nothing was checked'));
      if (about === undefined) return;
      const step =
        about.kind === 'run' && about.step !== undefined
          ? { runId: about.runId, ...about.step }
          : await chooseInterrupted(parts.desk, about.kind === 'run' ? about.runId : undefined);
      if (step !== undefined) await check(parts, step);
    },
  } satisfies Partial<Handlers>;
}

async function check(
  { desk, panel }: RecoveryParts,
  { runId, stepId }: { readonly runId: string; readonly stepId: string },
): Promise<void> {
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Checking the cluster', cancellable: true },
    async (_progress, token) => {
      const abort = new AbortController();
      const cancelled = token.onCancellationRequested(() => {
        abort.abort();
      });
      try {
        return await desk.checkInterrupted(runId, stepId, abort.signal);
      } finally {
        cancelled.dispose();
      }
    },
  );
  panel.show(runId, { preserveFocus: true });
  // Not awaited: the command has ended, although its message is still there to be read.
  void vscode.window.showInformationMessage(
    notice(`Step ${stepId}: ${interruptionWords(found.result)}. ${found.message}`),
  );
}

/** @param of only of this run; of any where absent */
async function chooseInterrupted(
  desk: RunDesk,
  of: string | undefined,
): Promise<{ runId: string; stepId: string } | undefined> {
  const runs = (await desk.history()).filter(({ runId }) => of === undefined || runId === of);
  const steps = runs.flatMap((view) =>
    view.steps.filter(({ state }) => canBeChecked(state)).map((step) => ({ view, step })),
  );
  if (steps.length === 0) {
    void vscode.window.showInformationMessage('No step was interrupted, and none ran unseen.');
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    steps.map(({ view, step }) => ({
      label: withoutIcons(exact(step.command)),
      description: view.context,
      detail: withoutIcons(plain(`${view.title} · ${step.outcome?.message ?? ''}`, 200)),
      step: { runId: view.runId, stepId: step.id },
    })),
    {
      title: 'Check which step?',
      placeHolder: 'Steps that were interrupted or could not be seen; nothing is run again',
    },
  );
  return chosen?.step;
}

/** In the middle of what, and what is not known since. */
function amid({ command, outcome }: StepView): string {
  return outcome?.exitCode === 0
    ? `while a step was being verified: ${exact(command)}. The command succeeded, but it was not seen whether that ended the incident.`
    : `in the middle of a step: ${exact(command)}. Its outcome is unknown.`;
}

const checkButton = 'Check the Cluster';

/** Tells of runs that an earlier window left in the middle of a step, once each. */
export async function tellOfInterrupted(parts: RecoveryParts, runs: readonly RunView[]): Promise<void> {
  const [run] = runs;
  const step = run?.steps.find(({ state }) => state === 'interrupted');
  if (run === undefined || step === undefined) return;
  parts.desk.recall(runs);
  const more = runs.length === 1 ? '' : ` ${runs.length - 1} more: see the audit log.`;
  const answer = await vscode.window.showWarningMessage(
    notice(
      `A run for "${plain(run.title, 100)}" was interrupted ${amid(step)} Nothing is run again by itself.${more}`,
    ),
    checkButton,
    'Show Plan',
  );
  if (answer === 'Show Plan') {
    await parts.desk.history();
    parts.panel.show(run.runId);
  } else if (answer === checkButton) {
    await check(parts, { runId: run.runId, stepId: step.id });
  }
}
