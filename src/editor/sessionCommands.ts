/** Keys, mode, breaker and output. */
import * as vscode from 'vscode';
import type { StepInFlight } from '../agent.ts';
import { modes, type Mode } from '../domain/decision.ts';
import type { Handlers } from './commandTable.ts';
import type { Output } from './output.ts';
import type { SecretName, Secrets } from './secrets.ts';
import type { Session } from './session.ts';
import { stopWords } from './stopWords.ts';
import { notice } from './text.ts';
import { modeWords } from './words.ts';

export interface SessionCommandParts {
  readonly session: Session;
  readonly secrets: Secrets;
  readonly output: Output;
}

export function sessionCommands(parts: SessionCommandParts) {
  const { session, secrets, output } = parts;
  return {
    'oncall.setPagerDutyToken': () =>
      setSecret(
        secrets,
        'pagerdutyToken',
        'PagerDuty Token',
        'A REST API key or an OAuth token of PagerDuty',
      ),
    'oncall.removePagerDutyToken': () => removeSecret(secrets, 'pagerdutyToken', 'The PagerDuty token'),
    'oncall.setAnthropicKey': () =>
      setSecret(
        secrets,
        'anthropicKey',
        'Anthropic API Key',
        'A key of the Claude API; evidence is redacted before it is sent',
      ),
    'oncall.removeAnthropicKey': () => removeSecret(secrets, 'anthropicKey', 'The Anthropic API key'),
    'oncall.switchMode': () => switchMode(session),
    'oncall.stopAutomation': async () => {
      const inFlight = await session.agent.stopAutomation();
      const words = stopWords(inFlight);
      output.info(words);
      // Not awaited: automation has stopped, although its message is still there to be read.
      void offerToCancel(words, inFlight);
    },
    'oncall.resumeAutomation': async () => {
      await session.agent.resumeAutomation();
      await session.update();
      void vscode.window.showInformationMessage('Automation goes on where the mode allows it.');
    },
    'oncall.resetBreaker': async () => {
      await session.agent.resetBreaker();
      void vscode.window.showInformationMessage('The circuit breaker is closed.');
    },
    'oncall.showOutput': () => {
      output.show();
    },
    'oncall.showStatus': () => showStatus(session),
  } satisfies Partial<Handlers>;
}

/** What is under way is let finish; where that is not wanted, one click cancels it. */
async function offerToCancel(words: string, inFlight: readonly StepInFlight[]): Promise<void> {
  const buttons = inFlight.length === 0 ? [] : ['Cancel What Is in Flight'];
  const chosen = await vscode.window.showWarningMessage(notice(words), ...buttons);
  if (chosen === undefined) return;
  for (const { runId } of inFlight) await vscode.commands.executeCommand('oncall.stopRun', runId);
}

async function setSecret(secrets: Secrets, name: SecretName, title: string, prompt: string): Promise<void> {
  const value = await vscode.window.showInputBox({
    title,
    prompt,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || /^[\x21-\x7e]+$/.test(text.trim())
        ? undefined
        : 'It holds characters that no key has.',
  });
  if (value !== undefined && value.trim() !== '') await secrets.set(name, value);
}

async function removeSecret(secrets: Secrets, name: SecretName, what: string): Promise<void> {
  const variable = await secrets.remove(name);
  void vscode.window.showInformationMessage(
    variable === undefined
      ? `${what} was removed.`
      : `${what} was removed. The one of the environment variable ${variable} is used now.`,
  );
}

async function switchMode(session: Session): Promise<void> {
  const chosen = await vscode.window.showQuickPick(
    modes.map((mode: Mode) => ({
      label: modeWords[mode].label,
      description: mode === session.settings.mode ? 'now' : '',
      detail: `Oncall ${modeWords[mode].meaning}`,
      mode,
    })),
    { title: 'Switch Mode', placeHolder: 'What Oncall may do' },
  );
  if (chosen === undefined) return;
  await vscode.workspace
    .getConfiguration('oncall')
    .update('mode', chosen.mode, vscode.ConfigurationTarget.Global);
}

async function showStatus(session: Session): Promise<void> {
  const breaker = session.agent.circuitBreaker();
  const item = (label: string, command: string, detail: string) => ({ label, command, detail });
  const { mode } = session.settings;
  const chosen = await vscode.window.showQuickPick(
    [
      ...((await session.agent.automationStopped())
        ? [item('Resume Automation', 'oncall.resumeAutomation', 'It was stopped by a person')]
        : mode === 'yolo'
          ? [item('Stop All Automation', 'oncall.stopAutomation', 'Nothing more runs by itself')]
          : []),
      item('Switch Mode', 'oncall.switchMode', `Now ${modeWords[mode].label}: ${modeWords[mode].meaning}`),
      ...(breaker.state === 'closed'
        ? []
        : [
            item(
              'Reset Circuit Breaker',
              'oncall.resetBreaker',
              `It is ${breaker.state}: nothing runs by itself`,
            ),
          ]),
      item('Doctor', 'oncall.doctor', 'What works, what does not, and why nothing is executed'),
      item('Show Audit Log', 'oncall.showAuditLog', 'What was decided and run'),
      item('Show Output', 'oncall.showOutput', 'Execution, verification and audit lines'),
      session.practice.kind === 'off'
        ? item('Start Practice Incident', 'oncall.startPractice', 'Rehearse on stand-ins on this machine')
        : item('Stop Practice', 'oncall.stopPractice', 'Back to PagerDuty and the real cluster'),
    ],
    { title: 'Oncall' },
  );
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
