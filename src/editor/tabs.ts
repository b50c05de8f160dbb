/** The virtual documents and the panel that belong to runs. */
import * as vscode from 'vscode';

const runScheme = /^oncall-(plan|evidence|edit)$/;

/** Whether a document or the panel of a run is open, as after a reload: only then is everything about runs needed at start. */
export function hasRunTabs(): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(
      ({ input }) =>
        (input instanceof vscode.TabInputText && runScheme.test(input.uri.scheme)) ||
        // The editor puts a prefix before it.
        (input instanceof vscode.TabInputWebview && input.viewType.endsWith('oncall.plan')),
    ),
  );
}
