/** Greets whoever starts the extension for the first time on a machine, however it was installed. Later starts look at one value. */
import * as vscode from 'vscode';

const key = 'oncall.greeted';

/** Opens the walkthrough once, unless VS Code is set to open none by itself. */
export function greetNewcomer(memory: vscode.Memento): void {
  if (memory.get(key) === true) return;
  void memory.update(key, true);
  if (vscode.workspace.getConfiguration().get('workbench.welcomePage.walkthroughs.openOnInstall') !== false)
    void vscode.commands.executeCommand('oncall.getStarted');
}
