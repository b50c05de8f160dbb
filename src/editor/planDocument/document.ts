/** The plan document: a read-only virtual document that follows its run. */
import * as vscode from 'vscode';
import type { RunDesk } from '../runDesk.ts';
import { renderPlan, renderStart } from './render.ts';

export const planScheme = 'oncall-plan';
/** A plan document while one of its commands is edited: see `editDocument.ts`. */
export const editScheme = 'oncall-edit';
export const planSelector: vscode.DocumentSelector = [{ scheme: planScheme }, { scheme: editScheme }];
export const planLanguage = 'oncall-plan';
/** Output streams quickly; the eye needs no more than this. */
const redrawEveryMs = 100;

/** The document's address. The visible name is the incident's id, reduced to letters and digits. */
export function planUri(runId: string, incidentId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: planScheme, path: `/${fileName(incidentId)}.oncall-plan`, query: runId });
}

/** The address of the document of a run that the desk knows. */
export function planUriOf(desk: Pick<RunDesk, 'view' | 'startOf'>, runId: string): vscode.Uri {
  return planUri(runId, desk.view(runId)?.incidentId ?? desk.startOf(runId)?.incidentId ?? 'incident');
}

/** The address of a run's document for editing the command of a step, which is counted from 0. */
export function editUri(runId: string, incidentId: string, step: number): vscode.Uri {
  const path = `/${fileName(incidentId)} (edit step ${step + 1}).oncall-plan`;
  return vscode.Uri.from({ scheme: editScheme, path, query: runId });
}

const fileName = (incidentId: string) => incidentId.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40) || 'incident';

/** The run that a plan document is about, also while one of its commands is edited. */
export function runOf(uri: vscode.Uri): string | undefined {
  return uri.scheme === planScheme || uri.scheme === editScheme ? uri.query : undefined;
}

export class PlanDocuments implements vscode.TextDocumentContentProvider {
  readonly #desk: RunDesk;
  readonly #practice: (runId: string) => boolean;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  /** @param practice whether a run is a rehearsal */
  constructor(desk: RunDesk, practice: (runId: string) => boolean) {
    this.#desk = desk;
    this.#practice = practice;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(planScheme, this),
      desk.onDidChange((runId) => {
        this.#redrawSoon(runId);
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.#desk.view(uri.query) !== undefined || this.#desk.startOf(uri.query) !== undefined;
    // A tab that was open before the window was reloaded: the journal still knows its run.
    if (!known) await this.#desk.history();
    return this.rendered(uri.query);
  }

  /** A run's text as it is now. */
  rendered(runId: string): string {
    const view = this.#desk.view(runId);
    const start = this.#desk.startOf(runId);
    return view === undefined
      ? renderStart(start)
      : renderPlan(view, {
          ...this.#desk.live(runId),
          failure: start?.failure,
          practice: this.#practice(runId),
        });
  }

  /** Opens a run's document in the first column. */
  async show(runId: string): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument(planUriOf(this.#desk, runId));
    if (document.languageId !== planLanguage) {
      await vscode.languages.setTextDocumentLanguage(document, planLanguage);
    }
    // A quick run may have gone on after the text was asked for and before the document was there to be redrawn.
    this.#changed.fire(document.uri);
    return vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.One,
      preview: false,
    });
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #redrawSoon(runId: string): void {
    if (this.#waiting.has(runId)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(runId);
      for (const document of vscode.workspace.textDocuments) {
        if (document.uri.scheme === planScheme && document.uri.query === runId) {
          this.#changed.fire(document.uri);
        }
      }
    }, redrawEveryMs);
    this.#waiting.set(runId, timer);
  }
}
