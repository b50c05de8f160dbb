/** "Oncall: Doctor": what works and what does not, as a read-only document with the fixes above their lines. */
import * as vscode from 'vscode';
import type { Handlers } from '../commandTable.ts';
import { checksOf } from './checks.ts';
import { observe, type DoctorParts } from './observe.ts';
import { reportOf, type Report } from './report.ts';

const scheme = 'oncall-doctor';
const uri = vscode.Uri.from({ scheme, path: '/Oncall Doctor' });

export interface DoctorDocumentParts extends DoctorParts {
  readonly extensionUri: vscode.Uri;
  /** Told when the API server has answered. */
  readonly onClusterAnswered: () => void;
}

export class DoctorDocument implements vscode.Disposable {
  readonly #parts: DoctorDocumentParts;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #report: Report = { text: 'Nothing was looked at yet: run "Oncall: Doctor".\n', fixes: [] };

  constructor(parts: DoctorDocumentParts) {
    this.#parts = parts;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: () => this.#report.text,
      }),
      vscode.languages.registerCodeLensProvider(
        { scheme },
        {
          onDidChangeCodeLenses: this.#lensesChanged.event,
          provideCodeLenses: () => this.#lenses(),
        },
      ),
    ];
  }

  /** Looks at everything and shows what was found; a person who cancels keeps what was shown before. */
  async examine(): Promise<void> {
    const report = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Oncall Doctor is looking'),
        cancellable: true,
      },
      async (_progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => {
          abort.abort();
        });
        const observed = await observe(this.#parts, abort.signal);
        if (abort.signal.aborted) return undefined;
        if (observed.server !== undefined && 'value' in observed.server) this.#parts.onClusterAnswered();
        return reportOf(checksOf(observed), new Date().toISOString().slice(0, 19) + 'Z');
      },
    );
    if (report === undefined) return;
    this.#report = report;
    this.#changed.fire(uri);
    this.#lensesChanged.fire();
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async copy(): Promise<void> {
    await vscode.env.clipboard.writeText(this.#report.text);
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('The doctor’s findings were copied: no keys are in them'),
      5000,
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#lensesChanged.dispose();
  }

  #lenses(): vscode.CodeLens[] {
    const at = (line: number): vscode.Range => new vscode.Range(line, 0, line, 0);
    return [
      new vscode.CodeLens(at(0), {
        title: `$(refresh) ${vscode.l10n.t('Check Again')}`,
        command: 'oncall.doctor',
      }),
      new vscode.CodeLens(at(0), {
        title: `$(copy) ${vscode.l10n.t('Copy')}`,
        command: 'oncall.copyDoctorReport',
      }),
      ...this.#report.fixes.map(
        ({ line, fix }) =>
          new vscode.CodeLens(at(line), {
            title: `$(tools) ${fix.title}`,
            command: fix.command,
            arguments: [
              ...(fix.file === undefined ? [] : [vscode.Uri.joinPath(this.#parts.extensionUri, fix.file)]),
              ...(fix.arguments ?? []),
            ],
          }),
      ),
    ];
  }
}

export function doctorCommands(document: DoctorDocument) {
  return {
    'oncall.doctor': () => document.examine(),
    'oncall.copyDoctorReport': () => document.copy(),
  } satisfies Partial<Handlers>;
}
