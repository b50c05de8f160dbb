/** What a command of a run is about, told from what is in front; and what is said where it is about nothing. */
import * as vscode from 'vscode';
import { OncallError } from '../domain/error.ts';
import { originOf, runOfDocument, subjectOf, type Need, type Origin, type Subject } from './invocation.ts';
import type { RunDesk } from './runDesk.ts';

export interface SubjectParts {
  readonly desk: RunDesk;
  /** The run that the plan panel shows, while the panel is in front. */
  readonly panel: { readonly inFront: string | undefined };
}

type Found = Exclude<Subject, { kind: 'none' }>;

/**
 * What a command is about; undefined, with a message, where it is about a run that does not allow it.
 * @param nothing what did not happen: `nothing was stopped`
 * @throws OncallError `run-unknown` where it names no run that there is a record of
 */
export async function subject(
  { desk, panel }: SubjectParts,
  args: readonly unknown[],
  need: Need,
  nothing: string,
): Promise<Found | undefined> {
  const editor = vscode.window.activeTextEditor;
  const origin = originOf(args, panel.inFront ?? (editor && runOfDocument(editor.document.uri)));
  const isHere = (runId: string) => desk.view(runId) !== undefined || desk.startOf(runId) !== undefined;
  // A view of an earlier window: the journal still knows its run.
  if ('runId' in origin && !isHere(origin.runId)) await desk.history();
  const found = subjectOf(origin, need, {
    isKnown: isHere,
    isLive: (runId) => desk.isLive(runId),
    isAsking: (runId) => desk.askedIn(runId) !== undefined,
  });
  if (found.kind !== 'none') return found;
  if (found.why === 'unknown' || found.why === 'unreadable') {
    throw new OncallError(
      'run-unknown',
      `There is no such run: ${nothing}`,
      'Open the plan from the incident or from the audit log.',
    );
  }
  // Not awaited: the command has ended, although its message is still there to be read.
  void vscode.window.showInformationMessage(wordsFor(desk, origin, found.why, nothing));
  return undefined;
}

function wordsFor(desk: RunDesk, origin: Origin, why: 'ended' | 'asks-nothing', nothing: string): string {
  if (why === 'asks-nothing') return vscode.l10n.t('This run asks about no step now; {0}.', nothing);
  const runId = 'runId' in origin ? origin.runId : '';
  const hasEnded = desk.startOf(runId) !== undefined || desk.view(runId)?.endedAt !== undefined;
  return hasEnded
    ? vscode.l10n.t('This run has ended; {0}.', nothing)
    : vscode.l10n.t('This run does not go on in this window; {0}.', nothing);
}
