/** Folds the manifest changes of a plan document when they first appear: the command is what is read first. */
import * as vscode from 'vscode';
import { runOf } from './document.ts';
import { manifestHeader } from './render.ts';

/** After a change the editor first works out anew what can be folded, milliseconds. */
const foldingIsReady = 600;

export class ManifestFolds implements vscode.Disposable {
  /** By document and line of text: folded once, then it is the person's. */
  readonly #folded = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const soon = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#fold(), foldingIsReady);
    };
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) soon();
      }),
    ];
    soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The command folds in the editor that has the focus, and in no other. */
  async #fold(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || runOf(document.uri) === undefined) return;
    const lines = document.getText().split(/\r?\n/);
    const selectionLines = lines.flatMap((line, index) => (line.startsWith(manifestHeader) ? [index] : []));
    // In their order: the first step's block stays the first.
    const fresh = selectionLines.filter(
      (_, index) => !this.#folded.has(`${document.uri.toString()} ${index}`),
    );
    if (fresh.length === 0) return;
    selectionLines.forEach((_, index) => this.#folded.add(`${document.uri.toString()} ${index}`));
    await vscode.commands.executeCommand('editor.fold', { selectionLines: fresh });
  }
}
