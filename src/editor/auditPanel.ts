/** The audit log panel: lists what was decided and run, and says whether the journal is whole. */
import * as vscode from 'vscode';
import type { AuditEntry } from '../domain/audit.ts';
import { explain } from '../domain/error.ts';
import type { ReliabilityReport } from '../domain/reliability.ts';
import { fromAudit, type ChainStatus, type FromAudit, type ToAudit } from '../ipc/audit.ts';
import { visibleTexts } from './text.ts';
import { webviewPage, webviewRoots } from './webviewPage.ts';

/** Where the entries come from. */
export interface AuditSource {
  /** Newest first. */
  auditLog(): Promise<AuditEntry[]>;
  readonly onDidChange: vscode.Event<void>;
  /** Whether the entries are those of rehearsals. */
  readonly practice: boolean;
  /** What was said of the executed steps, against what came true. */
  reliability(): Promise<ReliabilityReport>;
  verify(): Promise<ChainStatus>;
}

const pageSize = 100;

export class AuditPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #source: AuditSource;
  readonly #subscription: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #pending: NodeJS.Timeout | undefined;
  #shown = pageSize;
  #chain: ChainStatus | undefined;

  constructor(extensionUri: vscode.Uri, source: AuditSource) {
    this.#extensionUri = extensionUri;
    this.#source = source;
    this.#subscription = source.onDidChange(() => {
      // What was said of the chains is about the journal as it was.
      this.#chain = undefined;
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
      this.#shown = pageSize;
      this.#chain = undefined;
    });
    this.#panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = fromAudit.safeParse(message);
      if (parsed.success) void this.#handle(parsed.data);
    });
    this.#panel.webview.html = webviewPage(this.#panel.webview, this.#extensionUri, 'audit', 'Audit Log');
  }

  /** Shows the panel with the state of the chains. */
  async verify(): Promise<ChainStatus> {
    this.#chain = await this.#source.verify().catch((error: unknown) => ({
      intact: false,
      message: explain(error),
    }));
    this.show();
    await this.#post();
    return this.#chain;
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
      void this.#post();
    }, 200);
  }

  async #post(): Promise<void> {
    const [entries, reliability] = await Promise.all([
      this.#source.auditLog(),
      // The log itself is shown all the same.
      this.#source.reliability().catch(() => undefined),
    ]);
    const message: ToAudit = {
      type: 'state',
      state: {
        entries: entries.slice(0, this.#shown),
        total: entries.length,
        practice: this.#source.practice,
        ...(reliability === undefined ? {} : { reliability }),
        ...(this.#chain === undefined ? {} : { chain: this.#chain }),
      },
    };
    await this.#panel?.webview.postMessage(visibleTexts(message));
  }

  async #handle(message: FromAudit): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#post();
      case 'more':
        this.#shown += pageSize;
        return this.#post();
      case 'verify':
        await this.verify();
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
        return this.#post();
      case 'undo':
        await vscode.commands.executeCommand('oncall.undoStep', {
          runId: message.runId,
          stepId: message.stepId,
        });
        return;
    }
  }
}
