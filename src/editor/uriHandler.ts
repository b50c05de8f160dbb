/**
 * Opens links to incidents: shows the row, and the plan where there is one. It reads what is listed already, asks nobody
 * about the id, and nothing that a link says starts, answers or changes anything.
 */
import * as vscode from 'vscode';
import { incidentOfPath, whyMissing } from './incidentLink.ts';
import type { IncidentTree } from './incidents/tree.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { RunDesk } from './runDesk.ts';
import type { IncidentsState, Session } from './session.ts';
import { notice } from './text.ts';

export interface LinkParts {
  readonly session: Session;
  readonly desk: RunDesk;
  /** Shows the plan of a run. */
  readonly showPlan: (runId: string) => void;
  readonly output: Output;
}

/** The function that opens a link. */
export function linkOpener(parts: LinkParts): (uri: vscode.Uri, tree: IncidentTree) => Promise<void> {
  return async (uri, tree) => {
    const id = incidentOfPath(uri.path);
    try {
      if (id !== undefined) await openIncident(parts, tree, id);
      else {
        void vscode.window.showWarningMessage(
          vscode.l10n.t('This link names no incident. One that does ends with {0}.', '/incident/ID'),
        );
      }
    } catch (error) {
      void showError(parts.output, 'Link to an incident', error);
    }
  };
}

async function openIncident(
  { session, desk, showPlan }: LinkParts,
  tree: IncidentTree,
  id: string,
): Promise<void> {
  await vscode.commands.executeCommand('oncall.incidents.focus');
  const state = await whenListed(session);
  const past = (await desk.history()).find(({ incidentId }) => incidentId === id);
  const runId = desk.latestFor(id) ?? past?.runId;
  if (runId !== undefined) showPlan(runId);
  if (tree.incident(id) !== undefined) {
    if (!(await tree.reveal(id))) await tellOfFilter(id, tree);
  } else if (runId !== undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Incident {0} is not listed any more. This is its last plan.', id),
    );
  } else {
    const { says, button } = whyMissing(id, state, session.practice.kind !== 'off');
    const buttons = button === undefined ? [] : [button.label];
    const chosen = await vscode.window.showInformationMessage(notice(says), ...buttons);
    if (chosen !== undefined && button !== undefined) await vscode.commands.executeCommand(button.command);
  }
}

/** What is listed, once the first answer is there. */
function whenListed(session: Session): Promise<IncidentsState> {
  if (session.incidents.kind !== 'loading') return Promise.resolve(session.incidents);
  return new Promise((resolve) => {
    const listening = session.onDidPoll((state) => {
      if (state.kind === 'loading') return;
      listening.dispose();
      resolve(state);
    });
  });
}

async function tellOfFilter(id: string, tree: IncidentTree): Promise<void> {
  const clear = vscode.l10n.t('Clear Filter');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Incident {0} is open, and your filter hides its row.', id),
    clear,
  );
  if (chosen !== clear) return;
  tree.setFilter({});
  await tree.reveal(id);
}
