/** Switching mode and context: both write a setting of the user, and nothing else. */
import * as vscode from 'vscode';
import { modes, type Mode } from '../domain/decision.ts';
import type { Handlers } from './commandTable.ts';
import { contextItems } from './contextItems.ts';
import type { Session } from './session.ts';
import { modeWords } from './words.ts';

export function switchCommands(session: Session) {
  return {
    'oncall.switchMode': () => switchMode(session),
    'oncall.switchContext': () => switchContext(session),
  } satisfies Partial<Handlers>;
}

/** Writes a setting of the user. */
async function write(key: string, value: string): Promise<void> {
  await vscode.workspace.getConfiguration('oncall').update(key, value, vscode.ConfigurationTarget.Global);
}

async function switchMode(session: Session): Promise<void> {
  const chosen = await vscode.window.showQuickPick(
    modes.map((mode: Mode) => ({
      label: modeWords[mode].label,
      description: mode === session.settings.mode ? vscode.l10n.t('now') : '',
      detail: vscode.l10n.t('Oncall {0}', modeWords[mode].meaning),
      mode,
    })),
    {
      title: vscode.l10n.t('Switch Mode'),
      placeHolder: vscode.l10n.t('What Oncall may do'),
      matchOnDetail: true,
    },
  );
  if (chosen !== undefined) await write('mode', chosen.mode);
}

/** Lists the kubeconfig's contexts and pins the chosen one. The kubeconfig stays as it is, and so do runs that go on. */
async function switchContext(session: Session): Promise<void> {
  if (session.practice.kind !== 'off') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Practice has a cluster of its own. Stop it to choose another context.'),
    );
    return;
  }
  const { kubernetes, mode, modeByContext } = session.settings;
  const { knownContexts } = await import('../cluster/connect.ts');
  const { kubeconfig } = kubernetes;
  const known = knownContexts(kubeconfig === undefined ? {} : { kubeconfig });
  const items = contextItems(known, {
    pinned: kubernetes.context,
    mode,
    modeByContext,
    contextAppearance: kubernetes.contextAppearance,
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Switch Context'),
    placeHolder: vscode.l10n.t('Where new runs go. The kubeconfig itself is not changed.'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen !== undefined) await write('kubernetes.context', chosen.context);
}
