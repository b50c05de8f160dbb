/** What a person is told without having asked: a refused token, and a breaker that opened. Each once. */
import * as vscode from 'vscode';
import { isOncallError } from '../domain/error.ts';
import { showError } from './notify.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** Tells once for each token that PagerDuty refuses; polls that fail for other reasons are shown in the view alone. */
export function watchToken(session: Session, output: Output): vscode.Disposable {
  let told = false;
  return session.onDidPoll((state) => {
    if (state.kind !== 'error') {
      if (state.kind === 'ok' || state.kind === 'no-token') told = false;
      return;
    }
    const refused =
      isOncallError(state.error) &&
      ['pagerduty-unauthorized', 'pagerduty-forbidden'].includes(state.error.code);
    if (refused && !told) {
      told = true;
      void showError(output, 'Asking PagerDuty for incidents', state.error);
    } else if (!refused) {
      output.error(
        `Asking PagerDuty for incidents: ${isOncallError(state.error) ? state.error.explanation : String(state.error)}`,
      );
    }
  });
}

/** Tells when the circuit breaker opens. */
export function watchBreaker(session: Session): vscode.Disposable {
  let before = session.agent.circuitBreaker().state;
  return session.onDidAppend(() => {
    const { state, consecutiveFailures } = session.agent.circuitBreaker();
    const opened = state === 'open' && before !== 'open';
    before = state;
    if (!opened) return;
    const reset = 'Reset Circuit Breaker';
    void vscode.window
      .showWarningMessage(
        `The circuit breaker opened after ${consecutiveFailures} failures in a row: nothing runs by itself for now. What you approve still runs.`,
        reset,
        'Show Output',
      )
      .then((chosen) => {
        if (chosen !== undefined) {
          void vscode.commands.executeCommand(chosen === reset ? 'oncall.resetBreaker' : 'oncall.showOutput');
        }
      });
  });
}
