/** Starts a run and shows it: the plan document on the left, the panel beside it. */
import * as vscode from 'vscode';
import type { Incident } from '../domain/incident.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { PlanDocuments } from './planDocument/document.ts';
import type { PlanPanel } from './planPanel.ts';
import type { RunDesk } from './runDesk.ts';
import { notice, plain } from './text.ts';
import { isOver } from './words.ts';

export interface RemediateParts {
  readonly desk: RunDesk;
  readonly documents: PlanDocuments;
  readonly panel: PlanPanel;
  readonly output: Output;
}

/** The function that does it. It resolves when the run is on screen; the run goes on. */
export function remediate({ desk, documents, panel, output }: RemediateParts) {
  return async (incident: Incident): Promise<void> => {
    await desk.giveUpOutdated(incident.id);
    const { runId, done } = desk.start(incident);
    done.catch((error: unknown) => showError(output, `Run for incident ${incident.id}`, error));
    void untilPlanned(desk, runId, incident.title);
    await documents.show(runId);
    panel.show(runId, { preserveFocus: true });
  };
}

/** A notification with a cancel button for as long as there is no plan to look at. */
async function untilPlanned(desk: RunDesk, runId: string, title: string): Promise<void> {
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: notice(`Investigating: ${plain(title, 100)}`),
      cancellable: true,
    },
    (progress, token) =>
      new Promise<undefined>((resolve) => {
        const look = () => {
          const view = desk.view(runId);
          const message = desk.live(runId).progress.get('');
          if (message !== undefined) progress.report({ message: notice(message) });
          const planned = view !== undefined && (view.steps.length > 0 || isOver(view.phase));
          if (!planned && desk.isLive(runId)) return;
          changes.dispose();
          resolve(undefined);
        };
        const changes = desk.onDidChange((changed) => {
          if (changed === runId) look();
        });
        token.onCancellationRequested(() => {
          desk.stop(runId);
        });
        look();
      }),
  );
}
