/** The commands of evidence, for who works with the keyboard. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { evidenceScheme, type EvidenceDocuments } from './evidenceDocument.ts';
import { runOf } from './planDocument/document.ts';
import { sourceWords } from './planDocument/render.ts';
import type { RunDesk } from './runDesk.ts';
import { plain, withoutIcons } from './text.ts';

export function evidenceCommands({
  desk,
  evidence,
}: {
  readonly desk: RunDesk;
  readonly evidence: EvidenceDocuments;
}) {
  return {
    'oncall.openEvidence': async () => {
      const shown = vscode.window.activeTextEditor?.document.uri;
      const runs = await desk.history();
      const run =
        runs.find(({ runId }) => runId === (shown && runOf(shown))) ??
        runs.find(({ diagnosis }) => diagnosis !== undefined);
      const found = run?.diagnosis?.evidence ?? [];
      if (run === undefined || found.length === 0) {
        await vscode.window.showInformationMessage('No evidence was collected yet.');
        return;
      }
      const chosen = await vscode.window.showQuickPick(
        found.map(({ id, summary, source }) => ({
          label: withoutIcons(`${plain(id, 12)} ${plain(summary, 150)}`),
          detail: withoutIcons(sourceWords(source)),
          id,
        })),
        {
          title: `Evidence: ${plain(run.title, 80)}`,
          placeHolder: 'Open the source of which piece?',
          matchOnDetail: true,
        },
      );
      if (chosen !== undefined) await evidence.show(run.runId, chosen.id);
    },
    'oncall.refreshEvidence': (uri) => {
      const shown = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
      if (shown?.scheme === evidenceScheme) evidence.refresh(shown);
    },
  } satisfies Partial<Handlers>;
}
