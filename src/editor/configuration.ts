/** The editor's configuration as a source of settings. */
import * as vscode from 'vscode';
import type { SettingsSource } from './settings.ts';

/**
 * Takes only what the user has set. A workspace or folder value never counts, whatever the manifest's scopes say,
 * because a folder that is opened must not change what the agent may do.
 */
export function editorSettings(env: SettingsSource['env']): SettingsSource {
  return {
    env,
    given: (key) => vscode.workspace.getConfiguration('oncall').inspect(key)?.globalValue,
  };
}
