/** The failures that opened the circuit breaker, to look at. */
import * as vscode from 'vscode';
import { verificationOutcome } from '../domain/verification.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { Session } from './session.ts';
import { exact, plain } from './text.ts';

/** Lists the latest failed steps, the newest first, and opens the plan of the chosen one. */
export async function showFailures(session: Session): Promise<void> {
  const { consecutiveFailures } = session.agent.circuitBreaker();
  const failed = failures(await session.agent.auditLog(), Math.max(1, consecutiveFailures));
  const chosen = await vscode.window.showQuickPick(
    failed.map(({ runId, command, incidentTitle, message, time }) => ({
      label: exact(command),
      description: plain(incidentTitle, 120),
      detail: `${new Date(time).toLocaleString()}: ${plain(message, 300)}`,
      runId,
    })),
    { title: 'Failures in a Row', placeHolder: 'The newest first; choose one to see its plan' },
  );
  if (chosen !== undefined) await vscode.commands.executeCommand('oncall.showPlan', chosen.runId);
}

/** The latest failed steps, as many as `most`. An undo does not make a failure a success. */
function failures(entries: readonly AuditEntry[], most: number): readonly AuditEntry[] {
  return entries
    .filter(
      ({ outcome, verification }) =>
        outcome === 'failed' ||
        (verification !== undefined && verificationOutcome(verification) === 'still-there'),
    )
    .slice(0, most);
}
