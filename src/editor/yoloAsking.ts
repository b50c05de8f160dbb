/** Asks a person whether YOLO mode may begin, and gives the setting back where they say no. */
import * as vscode from 'vscode';
import type { Output } from './output.ts';
import { notice } from './text.ts';
import type { YoloGateParts } from './yoloGate.ts';
import { yoloQuestion } from './yoloQuestion.ts';

/** The part of the gate that people see. */
export function yoloAsking(output: Output): Pick<YoloGateParts, 'ask' | 'putBack'> {
  return {
    async ask(question, stillOpen) {
      await windowInSight();
      // Another window may have been answered, or the mode changed, before anybody looked here.
      if (!stillOpen()) return false;
      const { message, detail } = yoloQuestion(question);
      const turnOn = { title: vscode.l10n.t('Turn YOLO On') };
      const withOpen = { title: withOpenTitle(question.open?.length ?? 0) };
      const chosen = await vscode.window.showWarningMessage(
        message,
        { modal: true, detail },
        // The first one has the focus, and the editor adds none of its own where another one closes it: Enter and Escape change nothing.
        { title: vscode.l10n.t('Cancel') },
        turnOn,
        ...((question.open?.length ?? 0) === 0 ? [] : [withOpen]),
        { title: vscode.l10n.t('Not Now'), isCloseAffordance: true },
      );
      const answer = chosen === withOpen ? 'with-open' : chosen === turnOn;
      output.info(`YOLO mode was ${answer === false ? 'declined' : 'agreed to'}. ${message}`);
      return answer;
    },
    async putBack(mode) {
      const settings = vscode.workspace.getConfiguration('oncall');
      await settings.update('mode', mode, vscode.ConfigurationTarget.Global);
      const now = mode ?? 'plan';
      void vscode.window.showInformationMessage(
        notice(vscode.l10n.t('YOLO mode was not turned on. oncall.mode is {0} again.', now)),
      );
    },
  };
}

/** Older incidents are taken only where a person presses this. */
function withOpenTitle(count: number): string {
  return count === 1
    ? vscode.l10n.t('Turn On, with the Open Incident')
    : vscode.l10n.t('Turn On, with the {0} Open Incidents', count);
}

/** A question is asked in the window that somebody looks at, not in all of them at once. */
function windowInSight(): Promise<void> {
  if (vscode.window.state.focused) return Promise.resolve();
  return new Promise((resolve) => {
    const focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      focus.dispose();
      resolve();
    });
  });
}
