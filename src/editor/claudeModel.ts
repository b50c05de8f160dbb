/** "Choose Claude Model": the models of the account, and the one to use written into the user's settings. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { modelItems, type ModelItem } from './modelItems.ts';
import type { Session } from './session.ts';

export function modelCommands(session: Session) {
  return { 'oncall.chooseClaudeModel': () => chooseModel(session) } satisfies Partial<Handlers>;
}

async function chooseModel(session: Session): Promise<void> {
  const current = session.settings.claude.model;
  const asking = new AbortController();
  const pick = vscode.window.createQuickPick<ModelItem>();
  pick.title = 'Claude Model';
  pick.placeholder = 'Asking for the models of your account…';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.show();
  const chosen = new Promise<ModelItem | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item !== undefined) resolve(item);
    });
    pick.onDidHide(() => {
      asking.abort();
      resolve(undefined);
    });
  });
  try {
    pick.items = modelItems(await session.agent.models(asking.signal), current);
    pick.busy = false;
    pick.placeholder = 'The model that analyses incidents';
    pick.activeItems = pick.items.filter(({ now }) => now);
    const item = await chosen;
    if (item === undefined || item.now) return;
    await vscode.workspace
      .getConfiguration('oncall')
      .update('claude.model', item.model, vscode.ConfigurationTarget.Global);
  } finally {
    pick.dispose();
  }
}
