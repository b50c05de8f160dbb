/** "Oncall: Assess Command…": what a command would do, as one types. Nothing runs. */
import * as vscode from 'vscode';
import { assessmentLines } from './assessmentLines.ts';
import type { Session } from './session.ts';

/** Asks for a command and answers below the input, with every key. */
export function assessInteractively(session: Session): void {
  const pick = vscode.window.createQuickPick();
  pick.title = 'Assess Command';
  pick.placeholder = 'A kubectl command, such as: kubectl -n shop delete pod web-1';
  pick.ignoreFocusOut = true;
  const answer = (text: string) => {
    pick.items =
      text.trim() === ''
        ? []
        : assessmentLines(text, session.settings).map((line) => ({ ...line, alwaysShow: true }));
  };
  pick.onDidChangeValue(answer);
  pick.onDidHide(() => {
    pick.dispose();
  });
  pick.show();
}
