/** Asks where to, and writes there what the audit log's filters let through. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { AuditFilter } from '../domain/audit-log.ts';
import { explain } from '../domain/error.ts';
import type { ExportFormat } from '../ipc/audit.ts';
import { exportAudit } from './auditExport.ts';
import type { AuditSource } from './auditPanel.ts';
import { shareOf } from './auditQuery.ts';
import type { Output } from './output.ts';
import { notice } from './text.ts';

const endings = { json: 'json', csv: 'csv', markdown: 'md' } as const;

/** @returns exports what a filter lets through; resolves once the file is there, or the person changed their mind */
export function auditExport(source: AuditSource, output: Output) {
  return async (format: ExportFormat, filter: AuditFilter): Promise<void> => {
    // What holds now holds for the whole file, also when practice ends meanwhile.
    const { practice } = source;
    const now = new Date();
    const ending = endings[format];
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `audit-log-${now.toISOString().slice(0, 10)}.${ending}`;
    const place = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Audit Log'),
      saveLabel: vscode.l10n.t('Export'),
      defaultUri: vscode.Uri.joinPath(folder?.scheme === 'file' ? folder : vscode.Uri.file(homedir()), name),
      filters: { [format === 'markdown' ? 'Markdown' : format.toUpperCase()]: [ending] },
    });
    if (place === undefined) return;
    if (place.scheme !== 'file') {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The audit log can only be exported to a file. Choose a folder on disk.'),
      );
      return;
    }
    try {
      const lines = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Exporting the audit log'),
          cancellable: true,
        },
        async (progress, cancellation) => {
          const abort = new AbortController();
          const subscription = cancellation.onCancellationRequested(() => abort.abort());
          let told = 0;
          try {
            return await exportAudit(await source.begin(filter), {
              path: place.fsPath,
              format,
              filter,
              practice,
              now,
              signal: abort.signal,
              onProgress: (read, lines) => {
                const share = Math.floor(shareOf(read) * 100);
                progress.report({ increment: share - told, message: vscode.l10n.t('{0} entries', lines) });
                told = share;
              },
            });
          } finally {
            subscription.dispose();
          }
        },
      );
      if (lines === undefined) return;
      output.info(`Audit log: ${lines} entries exported to ${place.fsPath}`);
      void offerToOpen(place, lines);
    } catch (error) {
      void vscode.window.showErrorMessage(
        notice(vscode.l10n.t('The audit log was not exported: {0}', explain(error))),
      );
    }
  };
}

async function offerToOpen(place: vscode.Uri, lines: number): Promise<void> {
  const show = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    notice(
      lines === 1
        ? vscode.l10n.t('1 entry was exported to {0}.', place.fsPath)
        : vscode.l10n.t('{0} entries were exported to {1}.', lines, place.fsPath),
    ),
    show,
  );
  if (answer === show) await vscode.commands.executeCommand('vscode.open', place);
}
