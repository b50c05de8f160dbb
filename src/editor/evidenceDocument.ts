/** Pieces of evidence as read-only documents: what their source holds now, with what is cited in sight. */
import * as vscode from 'vscode';
import { explain } from '../domain/error.ts';
import type { Evidence } from '../domain/diagnosis.ts';
import { TimeLimit } from '../domain/time-limit.ts';
import type { ClusterSource, SourceNow } from '../diagnosis/reopen.ts';
import { evidenceFileName, isInCluster, renderEvidence, type RenderedEvidence } from './evidenceText.ts';
import { showRunbook } from './runbooks.ts';
import type { RunDesk } from './runDesk.ts';

export const evidenceScheme = 'oncall-evidence';
/** The longest that a source is waited for, milliseconds. */
const patience = 10_000;

/** The address of a piece of evidence; what it names is looked up when it is opened. The file name is for people and for the language. */
export function evidenceUri(runId: string, evidence: Evidence): vscode.Uri {
  const path = `/${runId}/${evidence.id}/${evidenceFileName(evidence)}`;
  return vscode.Uri.from({ scheme: evidenceScheme, path });
}

export class EvidenceDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #desk: RunDesk;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** By address: what was shown last. */
  readonly #rendered = new Map<string, RenderedEvidence>();
  /** What was brought into sight in an editor, what is cited or the beginning: after that the person scrolls. */
  readonly #shown = new WeakMap<vscode.TextEditor, 'cited' | 'beginning'>();
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(desk: RunDesk) {
    this.#desk = desk;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(evidenceScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: evidenceScheme }, this),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#drawAll();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === evidenceScheme) this.#drawAll();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#rendered.delete(uri.toString());
      }),
    ];
    this.#drawAll();
  }

  /**
   * Opens a piece of evidence.
   * @returns undefined where this run has none of that id
   */
  async show(
    runId: string,
    evidenceId: string,
    options: vscode.TextDocumentShowOptions = {},
  ): Promise<vscode.TextEditor | undefined> {
    const evidence = await this.#find(runId, evidenceId);
    if (evidence === undefined) return undefined;
    const { source } = evidence;
    const runbook = source.type === 'runbook' ? await showRunbook(source, options) : undefined;
    return (
      runbook ?? vscode.window.showTextDocument(evidenceUri(runId, evidence), { preview: true, ...options })
    );
  }

  /** Reads the source of an open document again. */
  refresh(uri: vscode.Uri): void {
    if (uri.scheme === evidenceScheme) this.#changed.fire(uri);
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const [, runId = '', evidenceId = ''] = uri.path.split('/');
    const evidence = await this.#find(runId, evidenceId);
    if (evidence === undefined) {
      this.#rendered.delete(uri.toString());
      return (
        '# This piece of evidence is not in the journal that is open now.\n' +
        '# A rehearsal’s evidence goes with its window; another’s is found again where its audit log is.\n'
      );
    }
    const context = this.#desk.view(runId)?.context ?? '';
    const source = isInCluster(evidence.source) ? await this.#read(runId, evidence.source, token) : undefined;
    const at = new Date().toISOString();
    const rendered = renderEvidence(evidence, { context, at, ...(source === undefined ? {} : { source }) });
    this.#rendered.set(uri.toString(), rendered);
    return rendered.text;
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.#rendered.has(uri.toString())) return [];
    return [
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
        title: '$(refresh) Refresh',
        tooltip: 'Reads the source again',
        command: 'oncall.refreshEvidence',
        arguments: [uri],
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#mark.dispose();
    this.#changed.dispose();
  }

  /** A tab that was open before the window was reloaded: the journal still knows its run. */
  async #find(runId: string, evidenceId: string): Promise<Evidence | undefined> {
    if (this.#desk.view(runId) === undefined) await this.#desk.history();
    return this.#desk.view(runId)?.diagnosis?.evidence.find((one) => one.id === evidenceId);
  }

  async #read(
    runId: string,
    source: ClusterSource,
    token: vscode.CancellationToken,
  ): Promise<SourceNow | { readonly failure: string }> {
    const closed = new AbortController();
    const listening = token.onCancellationRequested(() => {
      closed.abort();
    });
    const limit = new TimeLimit(patience, closed.signal);
    try {
      return await limit.of(this.#desk.readSource(runId, source, limit.signal));
    } catch (error) {
      return { failure: limit.reached ? `No answer within ${patience / 1000} s` : explain(error) };
    } finally {
      limit.end();
      listening.dispose();
    }
  }

  #drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { uri } = editor.document;
      if (uri.scheme === evidenceScheme) this.#draw(editor, this.#rendered.get(uri.toString()));
    }
  }

  #draw(editor: vscode.TextEditor, rendered: RenderedEvidence | undefined): void {
    const { document } = editor;
    // While the text on screen is not the newest, its lines say something else.
    if (rendered?.text !== document.getText().replaceAll('\r\n', '\n')) {
      editor.setDecorations(this.#mark, []);
      return;
    }
    const { cited } = rendered;
    const { first, last } = cited ?? { first: 0, last: 0 };
    const range = new vscode.Range(first, 0, last, document.lineAt(last).text.length);
    editor.setDecorations(this.#mark, cited === undefined ? [] : [range]);
    const part = cited === undefined ? 'beginning' : 'cited';
    if (this.#shown.get(editor) === part) return;
    this.#shown.set(editor, part);
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}
