/** Lets a person say what an incident is about, where the alert does not. */
import * as vscode from 'vscode';
import { describeRef } from '../domain/kubernetes.ts';
import type { TargetChooser } from '../domain/run.ts';
import { OncallError } from '../domain/error.ts';
import { plain, withoutIcons } from './text.ts';

const shown = (text: string, max: number): string => withoutIcons(plain(text, max));

/** A list that stays open when another window is looked at: the answer is often found there. Escape counts as "none of these". */
export const chooseTarget: TargetChooser = async ({ reason, candidates }, signal) => {
  const withdrawn = new vscode.CancellationTokenSource();
  const withdraw = (): void => withdrawn.cancel();
  signal.addEventListener('abort', withdraw, { once: true });
  try {
    const chosen = await vscode.window.showQuickPick(
      [
        ...candidates.map((candidate) => ({
          label: shown(describeRef(candidate.target), 200),
          description: shown(`context ${candidate.target.context}`, 120),
          detail: shown(candidate.reason, 300),
          candidate,
        })),
        { label: '', kind: vscode.QuickPickItemKind.Separator, candidate: undefined },
        { label: 'None of these', detail: 'The run ends, and nothing is changed', candidate: undefined },
      ],
      {
        title: 'What Is This Incident About?',
        placeHolder: shown(reason, 200),
        ignoreFocusOut: true,
        matchOnDetail: true,
      },
      withdrawn.token,
    );
    if (signal.aborted) {
      throw new OncallError('cancelled', 'The run was stopped', 'Start it again when you are ready.');
    }
    return chosen?.candidate;
  } finally {
    signal.removeEventListener('abort', withdraw);
    withdrawn.dispose();
  }
};
