/** Citations in the plan document as links: with the mouse, or with "Open Link" at the cursor. */
import * as vscode from 'vscode';
import { evidenceUri } from '../evidenceDocument.ts';
import { runbookUri } from '../runbooks.ts';
import type { RunDesk } from '../runDesk.ts';
import { citations } from './citations.ts';
import { planSelector, runOf } from './document.ts';

export function linkEvidence(desk: RunDesk): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(planSelector, {
    provideDocumentLinks(document) {
      const runId = runOf(document.uri);
      const evidence = (runId === undefined ? undefined : desk.view(runId)?.diagnosis?.evidence) ?? [];
      const byId = new Map(evidence.map((one) => [one.id, one]));
      return citations(document.getText(), new Set(byId.keys())).flatMap(({ id, line, start, end }) => {
        const one = byId.get(id);
        if (one === undefined || runId === undefined) return [];
        const link = new vscode.DocumentLink(
          new vscode.Range(line, start, line, end),
          one.source.type === 'runbook' ? runbookUri(one.source) : evidenceUri(runId, one),
        );
        link.tooltip = vscode.l10n.t('Open the source of {0}', id);
        return [link];
      });
    },
  });
}
