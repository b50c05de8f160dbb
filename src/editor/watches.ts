/** What a person is told without having asked: a refused token, and a breaker that opened. Each once. */
import * as vscode from 'vscode';
import { isOncallError } from '../domain/error.ts';
import { showFailures } from './failures.ts';
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

/** Tells when the circuit breaker opens, in whatever window it was tripped. */
export function watchBreaker(session: Session, output: Output): vscode.Disposable {
  let agent = session.agent;
  let before = agent.circuitBreaker().state;
  return session.onDidAppend(() => {
    // Practice has a breaker of its own.
    if (agent !== session.agent) {
      agent = session.agent;
      before = 'closed';
    }
    const { state, consecutiveFailures } = agent.circuitBreaker();
    const opened = state === 'open' && before !== 'open';
    before = state;
    if (!opened) return;
    const [show, reset] = ['Show Failures', 'Reset'];
    void vscode.window
      .showWarningMessage(
        `The circuit breaker opened after ${consecutiveFailures} failures in a row: nothing runs by itself for now. What you approve still runs.`,
        show,
        reset,
      )
      .then(async (chosen) => {
        if (chosen === show) await showFailures(session);
        if (chosen === reset) await vscode.commands.executeCommand('oncall.resetBreaker');
      })
      .then(undefined, (error: unknown) => showError(output, 'Circuit breaker', error));
  });
}
