/** The risk of each step beside its command: an icon in the gutter and a word at the end of the line. */
import * as vscode from 'vscode';
import type { RunView, StepView } from '../../domain/run.ts';
import type { RunDesk } from '../runDesk.ts';
import { plain } from '../text.ts';
import { percent } from '../words.ts';
import { runOf, type PlanDocuments } from './document.ts';
import { riskMark, riskWords, type StepLines } from './render.ts';

const looks = {
  low: 'charts.green',
  medium: 'charts.yellow',
  high: 'charts.red',
  forbidden: 'charts.red',
} as const;
type Look = keyof typeof looks;

function lookOf(step: StepView): Look {
  return step.risk.forbidden || step.risk.rejected ? 'forbidden' : step.risk.riskLevel;
}

export class PlanDecorations {
  readonly #documents: PlanDocuments;
  readonly #desk: RunDesk;
  readonly #types: ReadonlyMap<Look, vscode.TextEditorDecorationType>;
  readonly #words = vscode.window.createTextEditorDecorationType({});
  /** By run: the question that was brought into sight last. */
  readonly #seen = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(documents: PlanDocuments, desk: RunDesk, extensionUri: vscode.Uri) {
    this.#documents = documents;
    this.#desk = desk;
    this.#types = new Map(
      (Object.keys(looks) as Look[]).map((look) => [
        look,
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: vscode.Uri.joinPath(extensionUri, 'media', `risk-${look}.svg`),
          gutterIconSize: 'contain',
          overviewRulerColor: new vscode.ThemeColor(looks[look]),
          overviewRulerLane: vscode.OverviewRulerLane.Right,
        }),
      ]),
    );
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#drawAll();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (runOf(document.uri) !== undefined) this.#drawAll();
      }),
    ];
    this.#drawAll();
  }

  dispose(): void {
    for (const subscription of [...this.#subscriptions, ...this.#types.values(), this.#words])
      subscription.dispose();
  }

  #drawAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const runId = runOf(editor.document.uri);
      const view = runId === undefined ? undefined : this.#desk.view(runId);
      if (view !== undefined) this.#draw(editor, view);
    }
  }

  #draw(editor: vscode.TextEditor, view: RunView): void {
    const rendered = this.#documents.rendered(view.runId);
    if (rendered.text !== editor.document.getText().replaceAll('\r\n', '\n')) return;
    const icons = new Map<Look, vscode.Range[]>([...this.#types.keys()].map((look) => [look, []]));
    const words: vscode.DecorationOptions[] = [];
    for (const { stepId, command } of rendered.steps) {
      const step = view.steps.find((one) => one.id === stepId);
      if (step === undefined) continue;
      const look = lookOf(step);
      // At the start alone: a command that wraps would get an icon a row.
      icons.get(look)?.push(new vscode.Range(command, 0, command, 0));
      words.push({
        range: editor.document.lineAt(command).range,
        hoverMessage: hover(step),
        renderOptions: {
          after: {
            contentText: `${riskMark(step)} · ${percent(step.confidence)}`,
            color: new vscode.ThemeColor(looks[look]),
            margin: '0 0 0 2em',
          },
        },
      });
    }
    for (const [look, type] of this.#types) editor.setDecorations(type, icons.get(look) ?? []);
    editor.setDecorations(this.#words, words);
    this.#bringIntoSight(editor, view, rendered.steps);
  }

  /** A command that begins to wait is scrolled to, once: after that the person scrolls. */
  #bringIntoSight(editor: vscode.TextEditor, view: RunView, steps: readonly StepLines[]): void {
    const asked = this.#desk.asked().find((request) => request.runId === view.runId)?.step;
    const lines = steps.find(({ stepId }) => stepId === asked?.id);
    if (asked === undefined || lines === undefined) return;
    const question = `${view.runId} ${asked.id} ${asked.argvHash}`;
    if (this.#seen.get(view.runId) === question) return;
    this.#seen.set(view.runId, question);
    editor.revealRange(
      new vscode.Range(lines.header, 0, lines.end, 0),
      vscode.TextEditorRevealType.InCenterIfOutsideViewport,
    );
  }
}

/** Built with appendText alone, which escapes all markup: rationales and reasons come from outside. */
function hover(step: StepView): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(`Risk: ${riskWords(step)}. ${plain(step.risk.reason, 500)}\n`);
  text.appendText(`Decision: ${step.decision.outcome}. ${plain(step.decision.reason, 500)}`);
  return text;
}
