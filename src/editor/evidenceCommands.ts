/** The commands of evidence, for who works with the keyboard. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { evidenceScheme, type EvidenceDocuments } from './evidenceDocument.ts';
import { sourceWords } from './planDocument/render.ts';
import { subject, type SubjectParts } from './subject.ts';
import { plain, withoutIcons } from './text.ts';

export function evidenceCommands(parts: SubjectParts & { readonly evidence: EvidenceDocuments }) {
  const { desk, evidence } = parts;
  return {
    'oncall.openEvidence': async (...args) => {
      const about = await subject(parts, args, 'known', vscode.l10n.t('nothing is shown'));
      if (about === undefined) return;
      const runs = await desk.history();
      const run = runs.find(({ runId, diagnosis }) =>
        about.kind === 'run' ? runId === about.runId : diagnosis !== undefined,
      );
      const found = run?.diagnosis?.evidence ?? [];
      if (run === undefined || found.length === 0) {
        void vscode.window.showInformationMessage(
          about.kind === 'run'
            ? vscode.l10n.t('No evidence was collected in this run yet.')
            : 'No evidence was collected yet.',
        );
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
