/** The commands of the audit log. */
import * as vscode from 'vscode';
import type { AuditPanel } from './auditPanel.ts';
import type { Output } from './output.ts';
import { notice } from './text.ts';

export function auditCommands({ audit, output }: { readonly audit: AuditPanel; readonly output: Output }) {
  return {
    'oncall.showAuditLog': () => {
      audit.show();
    },
    'oncall.verifyAuditLog': async () => {
      const status = await audit.verify();
      if (status === undefined) return;
      const { intact, message } = status;
      output.info(`Audit log: ${message}`);
      // Not awaited: the command has ended, although its message is still there to be read.
      if (intact) void vscode.window.showInformationMessage(notice(`The audit log is whole: ${message}`));
      else void vscode.window.showErrorMessage(notice(`The audit log was changed: ${message}`));
    },
  };
}
