/** What a note on an edited command says. */
import * as vscode from 'vscode';
import { plain } from '../text.ts';
import type { Note } from './edit.ts';

export function noteText({ about, detail }: Note): string {
  const said = plain(detail, 500);
  switch (about) {
    case 'broken':
      return vscode.l10n.t(
        'The command must stand alone on the line after its step’s heading. Undo the change, or discard the edit.',
      );
    case 'elsewhere':
      return vscode.l10n.t('Only the command can be edited: this line stays as it was.');
    case 'fault':
      return said;
    case 'decision':
      return vscode.l10n.t('It would not run: {0}', said);
    case 'risk':
      return vscode.l10n.t('High risk: {0}', said);
  }
}

/** Said of an edit whose question was answered meanwhile. */
export function gone(): string {
  return vscode.l10n.t('The run no longer asks about this command: discard the edit.');
}
