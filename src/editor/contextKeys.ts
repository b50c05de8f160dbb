/** What menus and the palette ask: whether a step waits, whether a run goes on, and which plan documents are of such a run. */
import * as vscode from 'vscode';
import { planUriOf } from './planDocument/document.ts';
import type { RunDesk } from './runDesk.ts';

/**
 * Keeps `oncall.asked`, `oncall.running` and `oncall.livePlans` true to the desk. The last one holds addresses, so that each
 * title is asked about its own document: several may be on screen.
 */
export function watchRuns(desk: RunDesk): vscode.Disposable {
  const known = new Map<string, string>();
  const set = (key: string, value: boolean | readonly string[]) => {
    const text = JSON.stringify(value);
    if (known.get(key) === text) return;
    known.set(key, text);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return desk.onDidChange(() => {
    const live = desk.liveRuns();
    set('oncall.asked', desk.asked().length > 0);
    set('oncall.running', live.length > 0);
    set(
      'oncall.livePlans',
      live.map((runId) => planUriOf(desk, runId).toString()),
    );
  });
}
