/** The notifications of each kind: their words and their buttons. */
import * as vscode from 'vscode';
import type { BreakerStatus } from '../domain/decision.ts';
import type { Incident } from '../domain/incident.ts';
import type { ApprovalRequest, RunStatus } from '../domain/run.ts';
import { showFailures } from './failures.ts';
import type { Notice, Notices } from './notices.ts';
import type { RunDesk } from './runDesk.ts';
import type { Session } from './session.ts';
import { exact, plain } from './text.ts';

const showPlan = (runId: string): Notice['actions'][number] => ({
  label: vscode.l10n.t('Show Plan'),
  run: () => vscode.commands.executeCommand('oncall.showPlan', runId),
});

/** One notification, however many there are. */
export function newIncidents(incidents: readonly [Incident, ...Incident[]]): Notice {
  const [first, ...others] = incidents;
  const name = plain(first.title, 120);
  const show = {
    label: vscode.l10n.t('Show Incidents'),
    run: () => vscode.commands.executeCommand('oncall.incidents.focus'),
  };
  if (others.length > 0) {
    return {
      kind: 'incident',
      text: vscode.l10n.t('{0} new incidents of high urgency. The first: {1}', others.length + 1, name),
      isWarning: true,
      actions: [show],
    };
  }
  const service = first.service === undefined ? '' : plain(first.service.name, 60);
  return {
    kind: 'incident',
    text:
      service === ''
        ? vscode.l10n.t('New incident of high urgency: {0}', name)
        : vscode.l10n.t('New incident of high urgency: {0} ({1})', name, service),
    isWarning: true,
    actions: [
      {
        label: vscode.l10n.t('Remediate'),
        run: () => vscode.commands.executeCommand('oncall.remediateIncident', first.id),
      },
      show,
    ],
  };
}

/** The breaker opened, in whatever window it was tripped. */
export function breakerOpened(session: Session, { consecutiveFailures }: BreakerStatus): Notice {
  return {
    kind: 'breaker',
    text: vscode.l10n.t(
      'The circuit breaker opened after {0} failures in a row: nothing runs by itself for now. What you approve still runs.',
      consecutiveFailures,
    ),
    isWarning: true,
    actions: [
      { label: vscode.l10n.t('Show Failures'), run: () => showFailures(session) },
      {
        label: vscode.l10n.t('Reset'),
        run: () => vscode.commands.executeCommand('oncall.resetBreaker'),
      },
    ],
  };
}

/** A run that nobody started has ended. */
export function automationEnded(title: string, runId: string, status: RunStatus): Notice {
  return {
    kind: 'automation',
    text: vscode.l10n.t('{0}: {1}, by YOLO mode', plain(title, 120), status),
    isWarning: status !== 'resolved',
    runId,
    actions: [showPlan(runId)],
  };
}

/**
 * Tells of each step that waits while nobody looks: the window has no focus, or the run is one that nobody started.
 * @param isAutomatic whether a run was started by automation
 */
export function watchApprovals(
  desk: RunDesk,
  notices: Notices,
  isAutomatic: (runId: string) => boolean,
): vscode.Disposable {
  const told = new Set<string>();
  return desk.onDidChange((runId) => {
    const asked = desk.askedIn(runId);
    if (asked === undefined) return;
    const key = `${runId} ${asked.step.id} ${asked.step.argvHash}`;
    if (told.has(key)) return;
    told.add(key);
    if (vscode.window.state.focused && !isAutomatic(runId)) return;
    notices.tell(approvalNeeded(desk.startOf(runId)?.title ?? '', asked));
  });
}

function approvalNeeded(title: string, { runId, step }: ApprovalRequest): Notice {
  return {
    kind: 'approval',
    text: vscode.l10n.t('{0} waits for your approval: {1}', plain(title, 120), exact(step.command)),
    isWarning: true,
    runId,
    actions: [showPlan(runId)],
  };
}
