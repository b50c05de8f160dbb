/** The runbooks that this window knows: those of a trusted workspace, and those of the folders in `oncall.runbooks`. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EvidenceSource } from '../domain/diagnosis.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import { readRunbookFolders, type RunbookFolder } from './runbookFolders.ts';

/** Read anew each time, so that an edit counts from the next run on. */
export function readRunbooks(configured: readonly string[]): Promise<RunbookFile[]> {
  return readRunbookFolders([...configured.map(folderOf), ...workspaceFolders()]);
}

function folderOf(path: string): RunbookFolder {
  const root = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  return { root, below: [], optional: false };
}

/** What a folder brings along is taken only from somebody whom the person trusts. */
function workspaceFolders(): RunbookFolder[] {
  if (!vscode.workspace.isTrusted) return [];
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => ({ root: uri.fsPath, below: ['.oncall', 'runbooks'], optional: true }));
}

type RunbookSource = Extract<EvidenceSource, { type: 'runbook' }>;

/** The file, with its line the way links of the editor name one. */
export function runbookUri({ path, line }: RunbookSource): vscode.Uri {
  return vscode.Uri.file(path).with({ fragment: `L${line}` });
}

/**
 * Opens the file at its line.
 * @returns undefined where it is not there any more
 */
export async function showRunbook(
  { path, line }: RunbookSource,
  options: vscode.TextDocumentShowOptions = {},
): Promise<vscode.TextEditor | undefined> {
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    return await vscode.window.showTextDocument(document, { preview: true, ...options, selection });
  } catch {
    return undefined;
  }
}
