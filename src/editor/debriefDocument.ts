/** The debrief of a rehearsal: a read-only Markdown document. */
import * as vscode from 'vscode';
import type { IncidentDebrief } from '../journal/debrief.ts';
import { renderDebrief } from './debriefText.ts';

const scheme = 'oncall-debrief';

/** Serves the documents and shows them, as a preview where the editor has one for Markdown. */
export class DebriefDocuments implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) =>
        this.#texts.get(uri.query) ?? 'This debrief belongs to a window that was closed or reloaded.\n',
    });
  }

  async show(incidents: readonly IncidentDebrief[]): Promise<void> {
    const id = String(this.#texts.size + 1);
    this.#texts.set(id, renderDebrief(incidents));
    const uri = vscode.Uri.from({ scheme, path: '/Practice Debrief.md', query: id });
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: false });
    }
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
