/** Shows errors once, in words, with the button that helps. */
import * as vscode from 'vscode';
import { explain, isOncallError, type OncallErrorCode } from '../domain/error.ts';
import type { Output } from './output.ts';
import { notice } from './text.ts';

interface Remedy {
  readonly label: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

const openSettings = (query: string): Remedy => ({
  label: 'Open Settings',
  command: 'workbench.action.openSettings',
  arguments: [query],
});
const setToken: Remedy = { label: 'Set Token', command: 'oncall.setPagerDutyToken' };
const showOutput: Remedy = { label: 'Show Output', command: 'oncall.showOutput' };

const remedies: Partial<Record<OncallErrorCode, Remedy>> = {
  'kubectl-missing': openSettings('oncall.kubernetes.kubectlPath'),
  'kubeconfig-missing': openSettings('oncall.kubernetes.kubeconfig'),
  'kubeconfig-invalid': openSettings('oncall.kubernetes.kubeconfig'),
  'context-missing': openSettings('oncall.kubernetes.context'),
  'pagerduty-unauthorized': setToken,
  'pagerduty-forbidden': setToken,
  'pagerduty-rejected': openSettings('oncall.pagerduty'),
  'setting-invalid': openSettings('oncall'),
  'journal-unwritable': openSettings('oncall.audit.directory'),
};

/**
 * Shows an error and runs the chosen remedy. What the person cancelled themselves is no error.
 * @param what what was being done, as in `Acknowledging the incident`
 */
export async function showError(output: Output, what: string, error: unknown): Promise<void> {
  if (isOncallError(error) && error.code === 'cancelled') return;
  output.error(`${what}: ${explain(error)}`);
  const remedy = (isOncallError(error) ? remedies[error.code] : undefined) ?? showOutput;
  const chosen = await vscode.window.showErrorMessage(notice(explain(error)), remedy.label);
  if (chosen !== undefined) await vscode.commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
}

/** Names a setting that does not fit. */
export async function showWrongSetting(setting: string, message: string): Promise<void> {
  const remedy = openSettings(setting);
  const chosen = await vscode.window.showWarningMessage(notice(message), remedy.label);
  if (chosen !== undefined) await vscode.commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
}
