/**
 * A plan's text with the command of one step open for editing. Saving it gives the new command to the run, which assesses it and
 * asks about it anew; a command that may not run is not given to the run, and stays there to be mended.
 */
import * as vscode from 'vscode';
import { OncallError } from '../../domain/error.ts';
import type { Step } from '../../domain/plan.ts';
import type { RunDesk } from '../runDesk.ts';
import { notice, plain } from '../text.ts';
import { linesOf, stepPlaces } from './blocks.ts';
import { editScheme, editUri, planLanguage, type PlanDocuments } from './document.ts';
import { notesOn, readEdit, type EditBase, type EditedText, type Judge, type Note } from './edit.ts';
import { gone, noteText } from './noteText.ts';

/** One command that is being edited. */
export interface Edit extends EditBase {
  readonly uri: vscode.Uri;
  readonly runId: string;
  /** The step as it was asked about when the edit began. */
  readonly step: Step;
  /** The text as it was saved last. */
  saved: string;
  /** Whether the run has taken what was saved; undefined for what no person saved. */
  used?: boolean | undefined;
  /** Milliseconds; moves on with each save. */
  mtime: number;
}

/** An edit as its document stands now. */
export interface EditNow extends EditedText {
  readonly edit: Edit;
  readonly notes: readonly Note[];
  /** Whether the run still asks about this command. */
  readonly asked: boolean;
}

export interface EditParts {
  readonly desk: RunDesk;
  readonly documents: PlanDocuments;
  readonly judge: (runId: string) => Judge;
}

export class EditDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #parts: EditParts;
  readonly #edits = new Map<string, Edit>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** Documents that a person is saving. A setting may save all files while one types: that uses nothing. */
  readonly #byHand = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeFile = this.#files.event;

  constructor(parts: EditParts) {
    this.#parts = parts;
    this.#subscriptions = [
      vscode.workspace.registerFileSystemProvider(editScheme, this, { isCaseSensitive: true }),
      vscode.workspace.onWillSaveTextDocument(({ document: { uri }, reason }) => {
        if (uri.scheme === editScheme && reason === vscode.TextDocumentSaveReason.Manual) {
          this.#byHand.add(uri.toString());
        }
      }),
      vscode.workspace.onDidSaveTextDocument((document) => void this.#finish(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#edits.delete(uri.toString());
      }),
      parts.desk.onDidChange((runId) => {
        this.#closeUnasked(runId);
      }),
    ];
    // A run ends with its window: nothing can be answered through a document that was open before.
    void closeTabs(({ scheme }) => scheme === editScheme);
  }

  /**
   * Opens the command that a run asks about, with the cursor at its end.
   * @param text what to put in its place, not saved yet
   * @throws OncallError `approval-mismatch` where the run does not ask about this step now
   */
  async open(runId: string, stepId: string, text?: string): Promise<void> {
    const { desk, documents } = this.#parts;
    const view = desk.view(runId);
    const asked = desk.askedIn(runId)?.step;
    const index = view?.steps.findIndex(({ id }) => id === stepId) ?? -1;
    if (view === undefined || asked?.id !== stepId || index < 0) {
      throw new OncallError(
        'approval-mismatch',
        `Step ${plain(stepId, 40)} does not wait for an answer now`,
        'Look at the plan as it is now.',
      );
    }
    const uri = editUri(runId, view.incidentId, index);
    const known = this.#edits.get(uri.toString());
    if (known?.step.argvHash !== asked.argvHash) {
      const base = documents.rendered(runId);
      const mtime = Math.max(Date.now(), (known?.mtime ?? 0) + 1);
      this.#edits.set(uri.toString(), { uri, runId, step: asked, index, text: base, saved: base, mtime });
      this.#files.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== planLanguage) {
      await vscode.languages.setTextDocumentLanguage(document, planLanguage);
    }
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.One,
      preview: false,
    });
    const place = stepPlaces(document.getText())[index];
    if (place === undefined) return;
    if (text !== undefined && linesOf(text).length === 1) {
      const command = new vscode.Range(
        place.command,
        place.start,
        place.command,
        place.start + place.text.length,
      );
      await editor.edit((change) => {
        change.replace(command, text);
      });
    }
    const end = document.lineAt(place.command).range.end;
    editor.selection = new vscode.Selection(end, end);
    editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** What is edited in a document; undefined for any other document. */
  look(document: vscode.TextDocument): EditNow | undefined {
    const edit = this.#edits.get(document.uri.toString());
    return edit === undefined ? undefined : this.#look(edit, document.getText());
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { saved, mtime } = this.#edit(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: Buffer.byteLength(saved) };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return Buffer.from(this.#edit(uri).saved);
  }

  /** Keeps the text, and gives its command to the run where a person saved it and nothing stands against it. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const edit = this.#edit(uri);
    edit.saved = new TextDecoder().decode(content);
    edit.mtime += 1;
    edit.used = undefined;
    if (!this.#byHand.delete(uri.toString())) return;
    const { place, changed, asked, notes } = this.#look(edit, edit.saved);
    edit.used = asked && !notes.some(({ severity }) => severity === 'error');
    if (edit.used && changed && place !== undefined) {
      await this.#parts.desk.answer(edit.runId, edit.step.id, { type: 'edit', command: place.text });
    }
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#files.dispose();
  }

  #edit(uri: vscode.Uri): Edit {
    const edit = this.#edits.get(uri.toString());
    if (edit === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return edit;
  }

  #look(edit: Edit, text: string): EditNow {
    const { desk, judge } = this.#parts;
    const edited = readEdit(edit, text);
    const now = desk.askedIn(edit.runId)?.step;
    return {
      edit,
      ...edited,
      notes: notesOn(edited, judge(edit.runId)),
      asked: now?.id === edit.step.id && now.argvHash === edit.step.argvHash,
    };
  }

  /** Back to the plan, which shows what became of the command; a command that was not taken stays, with the reason. */
  async #finish(document: vscode.TextDocument): Promise<void> {
    const edit = this.#edits.get(document.uri.toString());
    if (edit?.used === undefined) return;
    if (!edit.used) {
      const { asked, notes } = this.#look(edit, edit.saved);
      const wrong = notes.find(({ severity }) => severity === 'error');
      const why = asked && wrong !== undefined ? noteText(wrong) : gone();
      void vscode.window.showWarningMessage(notice(vscode.l10n.t('The command is not used. {0}', why)));
      return;
    }
    const { elsewhere } = readEdit(edit, edit.saved);
    await this.#parts.documents.show(edit.runId);
    await closeTabs((uri) => uri.toString() === edit.uri.toString());
    this.#edits.delete(edit.uri.toString());
    if (elsewhere.length > 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Only the command of a step can be edited. What else was changed in the plan is as it was.',
        ),
      );
    }
  }

  /** Another answer was quicker. What a person has typed stays, for them to take away. */
  #closeUnasked(runId: string): void {
    for (const document of vscode.workspace.textDocuments) {
      const now = this.look(document);
      if (now?.edit.runId !== runId || now.asked || now.changed || document.isDirty) continue;
      void closeTabs((uri) => uri.toString() === document.uri.toString());
    }
  }
}

/** Closes the tabs of documents without unsaved text. */
async function closeTabs(which: (uri: vscode.Uri) => boolean): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input, isDirty }) => !isDirty && input instanceof vscode.TabInputText && which(input.uri));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
