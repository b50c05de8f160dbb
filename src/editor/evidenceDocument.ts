/** Pieces of evidence as read-only documents, so that a citation can be opened. */
import * as vscode from 'vscode';
import type { Evidence } from '../domain/diagnosis.ts';
import { describeRef } from '../domain/kubernetes.ts';
import type { RunDesk } from './runDesk.ts';
import { plain } from './text.ts';

const scheme = 'oncall-evidence';
/** The most characters of one piece of evidence that a document shows. */
const shown = 100_000;

/** The address of a piece of evidence; what it names is looked up when it is opened. */
export function evidenceUri(runId: string, evidenceId: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${runId}/${evidenceId}.txt` });
}

/** The text of a piece of evidence: where it was seen, what it says. */
export function evidenceText(evidence: Evidence): string {
  const { source } = evidence;
  const where =
    source.type === 'object'
      ? `${describeRef(source.ref)}, field ${source.path}`
      : source.type === 'event'
        ? `${describeRef(source.ref)}, event ${source.reason}`
        : `${describeRef(source.ref)}, ${source.previous ? 'previous ' : ''}log of container ${source.container}`;
  return [
    `Evidence ${evidence.id}: ${plain(evidence.summary, 500)}`,
    `Seen in: ${plain(where, 500)}`,
    ...(evidence.time === undefined ? [] : [`Time: ${evidence.time}`]),
    '',
    ...evidence.detail.split('\n').map((line) => plain(line, 2000)),
  ]
    .join('\n')
    .slice(0, shown);
}

/** Serves the documents from the runs that the desk knows. */
export function provideEvidence(desk: RunDesk): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent(uri) {
      const [, runId = '', file = ''] = uri.path.split('/');
      const id = file.replace(/\.txt$/, '');
      const evidence = desk.view(runId)?.diagnosis?.evidence.find((one) => one.id === id);
      return evidence === undefined
        ? `This piece of evidence is not known in this window. Open the run from the audit log first.`
        : evidenceText(evidence);
    },
  });
}
