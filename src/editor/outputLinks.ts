/**
 * Makes the run ids of the output channel links to their plans. Only an id at the very start of a line is one, where nothing from
 * outside can stand, and only that of a run of this window.
 */
import * as vscode from 'vscode';
import { linkedRuns, shortRun } from './outputLines.ts';
import type { RunDesk } from './runDesk.ts';

/** The last lines are looked at: a window may have written a hundred thousand. */
const linesLookedAt = 5000;

export class OutputLinks implements vscode.Disposable, vscode.DocumentLinkProvider {
  readonly #runs = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(desk: RunDesk) {
    this.#subscriptions = [
      desk.onDidChange((runId) => void this.#runs.set(shortRun(runId), runId)),
      vscode.languages.registerDocumentLinkProvider({ scheme: 'output', pattern: '**/*Oncall*' }, this),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const first = Math.max(0, document.lineCount - linesLookedAt);
    const text = document.getText(new vscode.Range(first, 0, document.lineCount, 0));
    return linkedRuns(text).flatMap(({ line, start, end, run }) => {
      const runId = this.#runs.get(run);
      if (runId === undefined) return [];
      const link = new vscode.DocumentLink(
        new vscode.Range(first + line, start, first + line, end),
        vscode.Uri.parse(`command:oncall.showPlan?${encodeURIComponent(JSON.stringify([runId]))}`),
      );
      link.tooltip = vscode.l10n.t('Show Plan');
      return [link];
    });
  }
}
