/** The risk of each step beside its command: an icon in the gutter and a word at the end of the line. */
import * as vscode from 'vscode';
import type { RiskAssessment } from '../../domain/risk.ts';
import type { RunView, StepView } from '../../domain/run.ts';
import { assessCommand } from '../../kubectl/assess.ts';
import type { RunDesk } from '../runDesk.ts';
import { plain } from '../text.ts';
import { percent } from '../../domain/words.ts';
import { stepPlaces, type StepPlace } from './blocks.ts';
import { runOf } from './document.ts';
import type { Judge } from './edit.ts';
import type { EditDocuments } from './editDocument.ts';
import { riskMark, riskWords } from './render.ts';

const looks = {
  low: 'charts.green',
  medium: 'charts.yellow',
  high: 'charts.red',
  forbidden: 'charts.red',
} as const;
type Look = keyof typeof looks;

function lookOf({ forbidden, rejected, riskLevel }: RiskAssessment): Look {
  return forbidden || rejected ? 'forbidden' : riskLevel;
}

export interface PlanDecorationParts {
  readonly desk: RunDesk;
  readonly edits: EditDocuments;
  readonly judge: (runId: string) => Judge;
  /** Where the icons are. */
  readonly extensionUri: vscode.Uri;
}

export class PlanDecorations {
  readonly #desk: RunDesk;
  readonly #edits: EditDocuments;
  readonly #judge: (runId: string) => Judge;
  readonly #types: ReadonlyMap<Look, vscode.TextEditorDecorationType>;
  readonly #words = vscode.window.createTextEditorDecorationType({});
  /** By run: the question that was brought into sight last. */
  readonly #seen = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor({ desk, edits, judge, extensionUri }: PlanDecorationParts) {
    this.#desk = desk;
    this.#edits = edits;
    this.#judge = judge;
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
    const { document } = editor;
    const places = stepPlaces(document.getText());
    const edit = this.#edits.look(document);
    const icons = new Map<Look, vscode.Range[]>([...this.#types.keys()].map((look) => [look, []]));
    const words: vscode.DecorationOptions[] = [];
    for (const { index, command, text } of places) {
      const step = view.steps[index];
      if (step === undefined) continue;
      const edited = edit?.edit.index === index && edit.changed;
      const risk = edited ? assessCommand(text, this.#judge(view.runId).options) : step.risk;
      const look = lookOf(risk);
      // At the start alone: a command that wraps would get an icon a row.
      icons.get(look)?.push(new vscode.Range(command, 0, command, 0));
      const says = edited
        ? vscode.l10n.t('not used yet')
        : step.editedBy === undefined
          ? percent(step.confidence)
          : vscode.l10n.t('edited by {0}', plain(step.editedBy, 40));
      words.push({
        range: document.lineAt(command).range,
        hoverMessage: edited ? hoverOfEdit(risk) : hover(step),
        renderOptions: {
          after: {
            contentText: `${riskMark({ risk })} · ${says}`,
            color: new vscode.ThemeColor(looks[look]),
            margin: '0 0 0 2em',
          },
        },
      });
    }
    for (const [look, type] of this.#types) editor.setDecorations(type, icons.get(look) ?? []);
    editor.setDecorations(this.#words, words);
    if (edit === undefined) this.#bringIntoSight(editor, view, places);
  }

  /** A command that begins to wait is scrolled to, once: after that the person scrolls. */
  #bringIntoSight(editor: vscode.TextEditor, view: RunView, places: readonly StepPlace[]): void {
    const asked = this.#desk.askedIn(view.runId)?.step;
    const lines = places.find(({ index }) => view.steps[index]?.id === asked?.id);
    if (asked === undefined || lines === undefined) return;
    const question = `${view.runId} ${asked.id} ${asked.argvHash}`;
    if (this.#seen.get(view.runId) === question) return;
    this.#seen.set(view.runId, question);
    editor.revealRange(
      // With the line before it, above which its CodeLens stands.
      new vscode.Range(Math.max(0, lines.header - 1), 0, lines.end, 0),
      vscode.TextEditorRevealType.InCenterIfOutsideViewport,
    );
  }
}

/** Built with appendText alone, which escapes all markup: rationales and reasons come from outside. */
function hover(step: StepView): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(riskSentence(step.risk));
  text.appendText('\n');
  const { outcome, reason } = step.decision;
  text.appendText(vscode.l10n.t('Decision: {0}. {1}', outcome, plain(reason, 500)));
  return text;
}

function hoverOfEdit(risk: RiskAssessment): vscode.MarkdownString {
  return new vscode.MarkdownString().appendText(riskSentence(risk));
}

const riskSentence = (risk: RiskAssessment) =>
  vscode.l10n.t('Risk: {0}. {1}', riskWords({ risk }), plain(risk.reason, 500));
