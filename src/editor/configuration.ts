/** The editor's configuration as a source of settings. */
import * as vscode from 'vscode';
import type { SettingsSource } from './settings.ts';

/**
 * The settings as they are at the time of each call. Takes only what the user has set: a workspace or folder value never
 * counts, whatever the manifest's scopes say, because a folder that is opened must not change what the agent may do.
 */
export function editorSettings(env: SettingsSource['env']): () => SettingsSource {
  return () => {
    // One tree for all of them: each look at the configuration copies and merges, and a start of the window waits for this.
    const own = vscode.workspace.getConfiguration().inspect('oncall')?.globalValue;
    return { env, given: (key) => key.split('.').reduce(below, own) };
  };
}

function below(tree: unknown, name: string): unknown {
  return typeof tree === 'object' && tree !== null && Object.hasOwn(tree, name)
    ? (tree as Record<string, unknown>)[name]
    : undefined;
}
