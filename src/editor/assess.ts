/** "Oncall: Assess Command…": what a command would do, as one types. Nothing runs. */
import * as vscode from 'vscode';
import { assessmentLines } from './assessmentLines.ts';
import type { Session } from './session.ts';

/**
 * Asks for a command and answers below the input, with every key.
 * @param extensionUri where the risk icons are
 * @param first what stands in the input at the beginning
 */
export function assessInteractively(session: Session, extensionUri: vscode.Uri, first = ''): void {
  const pick = vscode.window.createQuickPick();
  pick.title = 'Assess Command';
  pick.placeholder = 'A kubectl command, such as: kubectl -n shop delete pod web-1';
  pick.ignoreFocusOut = true;
  const answer = (text: string) => {
    pick.items =
      text.trim() === ''
        ? []
        : assessmentLines(text, session.settings).map(({ label, detail, icon }) => ({
            label,
            detail,
            iconPath:
              'risk' in icon
                ? vscode.Uri.joinPath(extensionUri, 'media', `risk-${icon.risk}.svg`)
                : new vscode.ThemeIcon(icon.codicon),
            alwaysShow: true,
          }));
  };
  pick.onDidChangeValue(answer);
  pick.onDidHide(() => {
    pick.dispose();
  });
  pick.value = first;
  answer(first);
  pick.show();
}
