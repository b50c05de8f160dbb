/** Asks a person whether YOLO mode may begin, and gives the setting back where they say no. */
import * as vscode from 'vscode';
import type { Output } from './output.ts';
import { notice } from './text.ts';
import type { YoloGateParts } from './yoloGate.ts';
import { yoloQuestion } from './yoloQuestion.ts';

const turnOn = vscode.l10n.t('Turn YOLO On');

/** The part of the gate that people see. */
export function yoloAsking(output: Output): Pick<YoloGateParts, 'ask' | 'putBack'> {
  return {
    async ask(question, stillOpen) {
      await windowInSight();
      // Another window may have been answered, or the mode changed, before anybody looked here.
      if (!stillOpen()) return false;
      const { message, detail } = yoloQuestion(question);
      const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, turnOn);
      output.info(
        answer === turnOn ? `YOLO mode was agreed to. ${message}` : `YOLO mode was declined. ${message}`,
      );
      return answer === turnOn;
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
