/** What menus and the palette ask: whether a step waits, and whether a run goes on. */
import * as vscode from 'vscode';
import type { RunDesk } from './runDesk.ts';

/** Keeps `oncall.asked` and `oncall.running` true to the desk. */
export function watchRuns(desk: RunDesk): vscode.Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return desk.onDidChange(() => {
    set('oncall.asked', desk.asked().length > 0);
    set('oncall.running', desk.liveRuns().length > 0);
  });
}
