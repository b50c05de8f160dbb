/** Registers the commands of the table. What a handler throws is shown with the button that helps. */
import * as vscode from 'vscode';
import type { CommandId, Handlers } from './commandTable.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';

/** A command of the table without a handler is a compile error. */
export function registerCommands(handlers: Handlers, output: Output): vscode.Disposable {
  return vscode.Disposable.from(
    ...(Object.keys(handlers) as CommandId[]).map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          await handlers[id](...args);
        } catch (error) {
          // Not awaited: the command has ended, although its message is still there to be read.
          void showError(output, id, error);
        }
      }),
    ),
  );
}
