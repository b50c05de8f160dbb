/** Marks in a plan's text what keeps a command from running, at its place: in what is edited with every key, and in what was proposed. */
import * as vscode from 'vscode';
import type { RunDesk } from '../runDesk.ts';
import { stepPlaces } from './blocks.ts';
import { planScheme, runOf } from './document.ts';
import { noteOnCommand, type Judge, type Note } from './edit.ts';
import type { EditDocuments } from './editDocument.ts';
import { gone, noteText } from './noteText.ts';

const severities: Readonly<Record<Note['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

export class PlanDiagnostics implements vscode.Disposable {
  readonly #desk: RunDesk;
  readonly #edits: EditDocuments;
  readonly #judge: (runId: string) => Judge;
  readonly #collection = vscode.languages.createDiagnosticCollection('oncall');
  readonly #subscriptions: vscode.Disposable[];

  constructor(desk: RunDesk, edits: EditDocuments, judge: (runId: string) => Judge) {
    this.#desk = desk;
    this.#edits = edits;
    this.#judge = judge;
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#mark(document);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#mark(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (runOf(uri) !== undefined) this.#collection.delete(uri);
      }),
      // A document may stay known for minutes after nobody can see it any more.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) {
          if (input instanceof vscode.TabInputText) this.#collection.delete(input.uri);
        }
      }),
      desk.onDidChange((runId) => {
        for (const document of vscode.workspace.textDocuments) {
          if (runOf(document.uri) === runId) this.#mark(document);
        }
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#mark(document);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#collection.dispose();
  }

  #mark(document: vscode.TextDocument): void {
    const runId = runOf(document.uri);
    if (runId === undefined) return;
    this.#collection.set(
      document.uri,
      document.uri.scheme === planScheme ? this.#proposed(document, runId) : this.#edited(document),
    );
  }

  /** A command that never runs is there to be read, and nothing that a person did wrong. */
  #proposed(document: vscode.TextDocument, runId: string): vscode.Diagnostic[] {
    const steps = this.#desk.view(runId)?.steps ?? [];
    return stepPlaces(document.getText())
      .filter(({ index }) => steps[index]?.risk.rejected === true)
      .flatMap((place) => noteOnCommand(place, this.#judge(runId)))
      .map((note) => diagnostic({ ...note, severity: 'warning' }));
  }

  #edited(document: vscode.TextDocument): vscode.Diagnostic[] {
    const now = this.#edits.look(document);
    if (now === undefined) return [];
    if (now.asked) return now.notes.map(diagnostic);
    const line = now.place?.command ?? 0;
    const one = new vscode.Diagnostic(document.lineAt(line).range, gone(), vscode.DiagnosticSeverity.Error);
    one.source = 'Oncall';
    return [one];
  }
}

function diagnostic(note: Note): vscode.Diagnostic {
  const one = new vscode.Diagnostic(
    new vscode.Range(note.line, note.start, note.line, note.end),
    noteText(note),
    severities[note.severity],
  );
  one.source = 'Oncall';
  return one;
}
