/** "Show What Was Sent": the redacted requests of a run to a model, as a read-only document that follows a run that goes on. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import type { RunDesk } from './runDesk.ts';
import { SentRequests } from './sentRequests.ts';
import { renderSent } from './sentText.ts';
import { subject, type SubjectParts } from './subject.ts';
import { plain, withoutIcons } from './text.ts';

const scheme = 'oncall-sent';

export class SentDocuments implements vscode.Disposable {
  readonly #desk: RunDesk;
  readonly #sent = new SentRequests();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(desk: RunDesk) {
    this.#desk = desk;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: (uri) => this.#text(uri.query),
      }),
      desk.onDidStream((event) => {
        if (event.type === 'sent') this.#sent.add(event.runId, event.request);
        const over =
          event.type === 'record' && ['Diagnosed', 'RunEnded', 'RunInterrupted'].includes(event.record.type);
        const runId = event.type === 'record' ? event.record.runId : event.runId;
        if (runId !== null && (over || event.type === 'sent')) this.#changed.fire(uriOf(runId));
      }),
    ];
  }

  async show(runId: string): Promise<void> {
    await vscode.window.showTextDocument(uriOf(runId), { preview: true, viewColumn: vscode.ViewColumn.One });
  }

  /** The runs to choose from: those that something was sent for, else the latest of this window. */
  async candidates(): Promise<string[]> {
    const sent = this.#sent.runs().reverse();
    return sent.length > 0 ? sent : (await this.#desk.history()).slice(0, 1).map(({ runId }) => runId);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #text(runId: string): string {
    const view = this.#desk.view(runId);
    const title = view?.title ?? this.#desk.startOf(runId)?.title;
    if (title === undefined) return renderSent(undefined);
    return renderSent({
      title,
      live: this.#desk.isLive(runId) && view?.diagnosis === undefined,
      ...this.#sent.of(runId),
      ...(view?.diagnosis === undefined ? {} : { engine: view.diagnosis.engine }),
    });
  }
}

export function sentCommands(parts: SubjectParts & { readonly sent: SentDocuments }) {
  const { desk, sent } = parts;
  return {
    'oncall.showWhatWasSent': async (...args) => {
      const about = await subject(parts, args, 'known', vscode.l10n.t('nothing is shown'));
      if (about === undefined) return;
      const runId = about.kind === 'run' ? about.runId : await choose(desk, await sent.candidates());
      if (runId !== undefined) await sent.show(runId);
    },
  } satisfies Partial<Handlers>;
}

async function choose(desk: RunDesk, runIds: readonly string[]): Promise<string | undefined> {
  if (runIds.length === 0) {
    await vscode.window.showInformationMessage(
      'Nothing was sent: no incident was investigated in this window yet.',
    );
    return undefined;
  }
  if (runIds.length === 1) return runIds[0];
  const chosen = await vscode.window.showQuickPick(
    runIds.map((runId) => ({
      label: withoutIcons(plain(desk.view(runId)?.title ?? desk.startOf(runId)?.title ?? runId, 150)),
      description: desk.view(runId)?.startedAt ?? '',
      runId,
    })),
    { title: 'What was sent for which run?' },
  );
  return chosen?.runId;
}

/** The path is what the tab shows; the run stands in the query. */
function uriOf(runId: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: '/What Was Sent.md', query: runId });
}
