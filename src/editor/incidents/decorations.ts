/** Marks the rows of incidents: what the newest run has come to, and that somebody has acknowledged. */
import * as vscode from 'vscode';
import type { Leaf } from './listing.ts';

/** The scheme of a row's address. It is no document: nothing opens it. */
const scheme = 'oncall-incident';

/** The address by which decorations find an incident's row. */
export function addressOf(incidentId: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encodeURIComponent(incidentId)}` });
}

export class IncidentDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #leafOf: (incidentId: string) => Leaf | undefined;
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #registration: vscode.Disposable;

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(leafOf: (incidentId: string) => Leaf | undefined) {
    this.#leafOf = leafOf;
    this.#registration = vscode.window.registerFileDecorationProvider(this);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme) return undefined;
    const leaf = this.#leafOf(decodeURIComponent(uri.path.slice(1)));
    if (leaf === undefined) return undefined;
    const { mark } = leaf.row;
    if (mark !== undefined) {
      const colour = mark.colour === undefined ? undefined : new vscode.ThemeColor(mark.colour);
      return new vscode.FileDecoration(mark.badge, `Latest ${mark.words}`, colour);
    }
    // Somebody is at it: what is still on fire stands out beside it.
    return leaf.incident.status === 'acknowledged'
      ? new vscode.FileDecoration(
          undefined,
          undefined,
          new vscode.ThemeColor('oncall.acknowledgedForeground'),
        )
      : undefined;
  }

  /** Asks for the marks of these incidents again. */
  refresh(incidentIds: readonly string[]): void {
    if (incidentIds.length > 0) this.#changed.fire(incidentIds.map(addressOf));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
