/** Keys, automation, breaker and output. */
import * as vscode from 'vscode';
import type { StepInFlight } from '../agent.ts';
import type { Handlers } from './commandTable.ts';
import type { Output } from './output.ts';
import type { SecretName, Secrets } from './secrets.ts';
import type { Session } from './session.ts';
import { stopWords } from './stopWords.ts';
import { notice } from './text.ts';

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
  } satisfies Partial<Handlers>;
}

/** What is under way is let finish; where that is not wanted, one click cancels it. */
async function offerToCancel(words: string, inFlight: readonly StepInFlight[]): Promise<void> {
  const buttons = inFlight.length === 0 ? [] : ['Cancel What Is in Flight'];
  const chosen = await vscode.window.showWarningMessage(notice(words), ...buttons);
  if (chosen === undefined) return;
  for (const { runId } of inFlight) await vscode.commands.executeCommand('oncall.stopRun', runId);
}

/** Tells what a person has to look at before anything runs by itself again. */
export async function tellToLook(words: string): Promise<void> {
  const buttons = {
    'Verify Audit Log': 'oncall.verifyAuditLog',
    'Resume Automation': 'oncall.resumeAutomation',
  };
  const chosen = await vscode.window.showWarningMessage(notice(words), ...Object.keys(buttons));
  for (const [button, command] of Object.entries(buttons))
    if (button === chosen) await vscode.commands.executeCommand(command);
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
