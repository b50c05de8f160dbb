/** The status bar's quick pick: where everything about what may run can be reached. */
import * as vscode from 'vscode';
import type { Handlers } from './commandTable.ts';
import { doubtOf } from './incidents/current.ts';
import type { Notices } from './notices.ts';
import type { RunDesk } from './runDesk.ts';
import type { Session } from './session.ts';
import { statusItems } from './statusItems.ts';

export interface StatusPickParts {
  readonly session: Session;
  readonly desk: RunDesk;
  readonly notices: Notices;
}

export function statusCommands(parts: StatusPickParts) {
  return { 'oncall.showStatus': () => showStatus(parts) } satisfies Partial<Handlers>;
}

async function showStatus({ session, desk, notices }: StatusPickParts): Promise<void> {
  const { agent, settings, practice } = session;
  const items = statusItems({
    mode: settings.mode,
    context: settings.kubernetes.context,
    stopped: await agent.automationStopped(),
    ...(agent.mustLook === undefined ? {} : { mustLook: agent.mustLook }),
    breaker: agent.circuitBreaker(),
    runs: desk.liveRuns().flatMap((runId) => desk.view(runId) ?? []),
    practice: practice.kind !== 'off',
    doubt: doubtOf(session.incidents),
    hiddenKinds: notices.hidden.length,
  });
  const chosen = await vscode.window.showQuickPick(
    items.map((item) =>
      'heading' in item ? { label: item.heading, kind: vscode.QuickPickItemKind.Separator } : item,
    ),
    { title: 'Oncall', matchOnDetail: true },
  );
  if (chosen === undefined || !('command' in chosen)) return;
  await vscode.commands.executeCommand(
    chosen.command,
    ...(chosen.argument === undefined ? [] : [chosen.argument]),
  );
}
