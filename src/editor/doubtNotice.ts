/** Tells a person at once when it is not sure that a run is in the right place, with the way to settle it. */
import * as vscode from 'vscode';
import type { RunDesk } from './runDesk.ts';
import { notice, plain } from './text.ts';

const setting = 'oncall.kubernetes.contextByCluster';

/** Says each run's doubt once, for as long as the run goes on in this window. */
export function watchDoubts(desk: RunDesk): vscode.Disposable {
  const told = new Set<string>();
  return desk.onDidChange((runId) => {
    const view = desk.view(runId);
    const doubt = view?.targetDoubt;
    if (view === undefined || doubt === undefined || !desk.isLive(runId) || told.has(runId)) return;
    told.add(runId);
    // Only a doubt about the cluster is one that a setting can end.
    const map = doubt.includes(setting) ? ['Map Clusters to Contexts'] : [];
    const text = `${plain(view.title, 120)}: nothing runs without you, because it is not sure that this is the right place: ${plain(doubt, 300)}`;
    void vscode.window.showWarningMessage(notice(text), ...map).then((chosen) => {
      if (chosen !== undefined) {
        void vscode.commands.executeCommand('workbench.action.openSettings', setting);
      }
    });
  });
}
