/** Incidents, runs and settings against a PagerDuty stand-in, in the extension host. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OncallAgent } from '../../src/agent.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';

const variable = 'PAGERDUTY_API_TOKEN';

/** Waits until `check` holds. */
async function until(what: string, check: () => boolean, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > end) throw new Error(`This did not come true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function set(key: string, value: unknown): Thenable<void> {
  return vscode.workspace.getConfiguration('oncall').update(key, value, vscode.ConfigurationTarget.Global);
}

function planText(): string {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'oncall-plan')?.getText() ?? '';
}

describe('With a PagerDuty account', () => {
  let pagerduty: PracticePagerDuty;
  let agent: OncallAgent;
  const polls = () => pagerduty.requests.filter(({ path }) => path === '/incidents').length;

  before(async () => {
    const extension = vscode.extensions.getExtension<OncallAgent>('oncall-agent.oncall-agent');
    assert.ok(extension);
    agent = await extension.activate();
    pagerduty = await startPagerDuty();
    process.env[variable] = 'not-the-token';
    await set('pagerduty.baseUrl', pagerduty.baseUrl);
    await until('PagerDuty was asked', () => polls() > 0);
  });

  after(async () => {
    Reflect.deleteProperty(process.env, variable);
    for (const key of ['pagerduty.baseUrl', 'pagerduty.pollIntervalSeconds', 'kubernetes.kubeconfig']) {
      await set(key, undefined);
    }
    await pagerduty.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('asks once with a token that is refused, and not again by itself', async () => {
    await set('pagerduty.pollIntervalSeconds', 5);
    await until('the new interval was taken up', () => polls() > 1);
    // The answer to the second poll halts the poller; a refresh is the third, and the only other one.
    await vscode.commands.executeCommand('oncall.refresh');
    const asked = polls();
    await vscode.commands.executeCommand('oncall.refresh');
    assert.equal(polls(), asked + 1);
  });

  it('lists and acknowledges incidents once the token is right', async () => {
    process.env[variable] = pagerduty.token;
    await set('pagerduty.pollIntervalSeconds', 60);
    const incident = pagerduty.raise({ summary: 'Pods restart' });
    const asked = polls();
    await until('PagerDuty was asked with the new token', () => polls() > asked);
    await vscode.commands.executeCommand('oncall.refresh');
    await vscode.commands.executeCommand('oncall.acknowledge', incident.id);
    assert.equal(pagerduty.store.find(incident.id)?.status, 'acknowledged');
  });

  it('says in the plan document why a run cannot start', async () => {
    await set('kubernetes.kubeconfig', '/nowhere/kubeconfig');
    const incident = pagerduty.raise({ summary: 'Another one' });
    await vscode.commands.executeCommand('oncall.refresh');
    await vscode.commands.executeCommand('oncall.remediateIncident', incident.id);
    await until('the plan document shows the error', () => planText().includes('could not start'));
    assert.match(planText(), /\/nowhere\/kubeconfig|kubectl/);
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'oncall-plan');
    assert.equal(vscode.window.activeTextEditor.viewColumn, vscode.ViewColumn.One);
  });

  it('shows a plan document of a run that nobody knows as what it is', async () => {
    const uri = vscode.Uri.from({ scheme: 'oncall-plan', path: '/x.oncall-plan', query: 'no-such-run' });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /not in the journal/);
  });

  it('does nothing for an extension that invokes commands with made-up arguments', async () => {
    const madeUp = [
      [{ runId: 'constructor', stepId: '__proto__', argvHash: 'x' }],
      ['run', 'step', 'hash'],
      [{ runId: 1 }, null],
    ];
    for (const id of ['approveStep', 'dryRunStep', 'editStep', 'skipStep', 'undoStep']) {
      for (const args of madeUp.slice(0, 2)) await vscode.commands.executeCommand(`oncall.${id}`, ...args);
    }
    await vscode.commands.executeCommand('oncall.stopRun', 'constructor');
    await vscode.commands.executeCommand('oncall.openInPagerDuty', 'nothing');
    assert.deepEqual(await agent.executionHistory(), []);
    assert.equal(agent.circuitBreaker().state, 'closed');
  });
});

describe('A folder that somebody opens', () => {
  it('cannot set mode, gates, hosts or executables', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder, 'the tests run in a folder');
    const settings = join(folder.uri.fsPath, '.vscode');
    await mkdir(settings);
    try {
      await writeFile(
        join(settings, 'settings.json'),
        JSON.stringify({
          'editor.tabSize': 7,
          'oncall.mode': 'yolo',
          'oncall.destructiveOperations.enabled': true,
          'oncall.pagerduty.baseUrl': 'https://evil.example',
          'oncall.kubernetes.kubectlPath': './kubectl',
        }),
      );
      await until(
        'the settings of the folder were read',
        () => vscode.workspace.getConfiguration('editor', folder).get('tabSize') === 7,
      );
      const oncall = vscode.workspace.getConfiguration('oncall', folder);
      assert.equal(oncall.get('mode'), 'plan');
      assert.equal(oncall.get('destructiveOperations.enabled'), false);
      assert.equal(oncall.get('pagerduty.baseUrl'), '');
      assert.equal(oncall.get('kubernetes.kubectlPath'), '');
    } finally {
      await rm(settings, { recursive: true });
    }
  });
});
