/** The virtual documents that belong to runs. */
import * as vscode from 'vscode';

const runSchemes = new Set(['oncall-plan', 'oncall-evidence']);

/** Whether a document of a run is open, as after a reload: only then is everything about runs needed at start. */
export function hasRunTabs(): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && runSchemes.has(input.uri.scheme)),
  );
}
