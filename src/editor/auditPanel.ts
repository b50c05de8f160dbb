/** The audit log panel: lists what was decided and run, newest first, and says whether the journal is whole. */
import * as vscode from 'vscode';
import { explain } from '../domain/error.ts';
import type { AuditFilter } from '../domain/audit-log.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';
import {
  fromAudit,
  type AuditHead,
  type ChainStatus,
  type ExportFormat,
  type FromAudit,
  type Share,
  type ToAudit,
} from '../ipc/audit.ts';
import type { AuditReading, AuditReadingOptions } from '../journal/audit-reading.ts';
import type { VerifyOptions } from '../journal/chain.ts';
import { AuditQuery, shareOf, tellCharts, type AuditQueryParts } from './auditQuery.ts';
import { visibleTexts } from './text.ts';
import { webviewPage, webviewRoots } from './webviewPage.ts';

/** Where the entries come from. */
export interface AuditSource {
  /** Begins at the newest line that the journal holds now. */
  begin(filter: AuditFilter, onRun?: AuditReadingOptions['onRun']): Promise<AuditReading>;
  readonly onDidChange: vscode.Event<void>;
  /** Where the journal is kept: another one holds while a rehearsal goes on. */
  readonly directory: string;
  /** Whether the entries are those of rehearsals. */
  readonly practice: boolean;
  /** What was said of the executed steps, against what came true. */
  reliability(): Promise<ReliabilityReport>;
  /** @throws the signal's reason once it is given */
  verify(options?: VerifyOptions): Promise<ChainStatus>;
}

/** Writes what a filter lets through into a file that the person chooses. */
export type ExportCommand = (format: ExportFormat, filter: AuditFilter) => Promise<void>;

/** How often it is told how far a walk is, in milliseconds. */
const progressMs = 200;

export class AuditPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #source: AuditSource;
  readonly #export: ExportCommand;
  readonly #subscription: vscode.Disposable;
  readonly #parts: AuditQueryParts;
  #panel: vscode.WebviewPanel | undefined;
  #pending: NodeJS.Timeout | undefined;
  #query: AuditQuery | undefined;
  #charts: AbortController | undefined;
  #chain: AuditHead['chain'];
  /** The walk of the chains, while it goes on, and how far it is. */
  #verifying: { readonly stop: AbortController; share: Share } | undefined;
  #directory: string;

  constructor(extensionUri: vscode.Uri, source: AuditSource, exportTo: ExportCommand) {
    this.#extensionUri = extensionUri;
    this.#source = source;
    this.#export = exportTo;
    this.#directory = source.directory;
    this.#parts = {
      begin: (filter, onRun) => source.begin(filter, onRun),
      reliability: () => source.reliability(),
      tell: (message) => void this.#post(message),
    };
    this.#subscription = source.onDidChange(() => {
      this.#schedule();
    });
  }

  show(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    this.#panel = vscode.window.createWebviewPanel('oncall.audit', 'Audit Log', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: webviewRoots(this.#extensionUri),
    });
    this.#panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'oncall.svg');
    this.#panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#chain = undefined;
      this.#verifying?.stop.abort();
      this.#endReadings();
    });
    // A tab that is not in sight has no page: nothing is read for it.
    this.#panel.onDidChangeViewState(({ webviewPanel }) => {
      if (!webviewPanel.visible) this.#endReadings();
    });
    this.#panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = fromAudit.safeParse(message);
      if (parsed.success) void this.#handle(parsed.data);
    });
    this.#panel.webview.html = webviewPage(this.#panel.webview, this.#extensionUri, 'audit', 'Audit Log');
  }

  /**
   * Shows the panel with the state of the chains. A walk that goes on already is broken off: the journal may be another one.
   * @returns undefined where it was broken off
   */
  async verify(): Promise<ChainStatus | undefined> {
    this.show();
    this.#verifying?.stop.abort();
    const walk = (this.#verifying = { stop: new AbortController(), share: 0 });
    const { signal } = walk.stop;
    await this.#head();
    let toldAt = performance.now();
    const status = await this.#source
      .verify({
        signal,
        onProgress: (progress) => {
          walk.share = shareOf(progress);
          if (performance.now() - toldAt < progressMs) return;
          toldAt = performance.now();
          void this.#head();
        },
      })
      .catch((error: unknown) => ({ intact: false, message: explain(error) }));
    if (this.#verifying === walk) this.#verifying = undefined;
    if (!signal.aborted) this.#chain = { ...status, time: new Date().toISOString() };
    await this.#head();
    return signal.aborted ? undefined : status;
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #schedule(): void {
    if (this.#panel === undefined || this.#pending !== undefined) return;
    this.#pending = setTimeout(() => {
      this.#pending = undefined;
      this.#changed();
    }, 300);
  }

  #changed(): void {
    if (this.#directory === this.#source.directory) {
      void this.#query?.newest();
      return;
    }
    this.#directory = this.#source.directory;
    // What was said of the chains is about the other journal.
    this.#chain = undefined;
    this.#verifying?.stop.abort();
    this.#endReadings();
    void this.#head();
    void this.#post({ type: 'turned' });
  }

  #head(): Promise<void> {
    const head: AuditHead = {
      practice: this.#source.practice,
      ...(this.#verifying === undefined ? {} : { verifying: this.#verifying.share }),
      ...(this.#chain === undefined ? {} : { chain: this.#chain }),
    };
    return this.#post({ type: 'head', head });
  }

  async #post(message: ToAudit): Promise<void> {
    await this.#panel?.webview.postMessage(visibleTexts(message));
  }

  #endReadings(): void {
    this.#charts?.abort();
    void this.#query?.close();
    this.#query = undefined;
  }

  async #handle(message: FromAudit): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#head();
      case 'query':
        void this.#query?.close();
        this.#query = new AuditQuery(this.#parts, message.id, message.filter);
        return this.#query.more(message.rows);
      case 'more':
        return this.#query?.more();
      case 'stop':
        this.#query?.stop();
        return;
      case 'charts': {
        this.#charts?.abort();
        const charts = (this.#charts = new AbortController());
        return tellCharts(this.#parts, message.id, message.filter, charts.signal);
      }
      case 'stopCharts':
        this.#charts?.abort();
        return;
      case 'export':
        return this.#export(message.format, message.filter);
      case 'verify':
        await this.verify();
        return;
      case 'stopVerify':
        this.#verifying?.stop.abort();
        return;
      case 'showRun':
        await vscode.commands.executeCommand('oncall.showPlan', message.runId);
        return;
      case 'report':
        await vscode.commands.executeCommand('oncall.exportIncidentReport', message.runId);
        return;
      case 'checkInterrupted':
        await vscode.commands.executeCommand('oncall.checkInterrupted', {
          runId: message.runId,
          stepId: message.stepId,
        });
        return this.#query?.newest();
      case 'undo':
        await vscode.commands.executeCommand('oncall.undoStep', {
          runId: message.runId,
          stepId: message.stepId,
        });
        return;
    }
  }
}
