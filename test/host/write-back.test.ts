/** What PagerDuty is told about a run, and the report that is made of it, in the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { OncallAgent } from '../../src/agent.ts';
import type { NewRecord, RecordData, RecordType } from '../../src/domain/record.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';

const variable = 'PAGERDUTY_API_TOKEN';
const settings = ['pagerduty.baseUrl', 'pagerduty.pollIntervalSeconds', 'pagerduty.writeNotes'] as const;

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

describe('With notes for PagerDuty turned on', () => {
  let pagerduty: PracticePagerDuty;
  let agent: OncallAgent;
  let incidentId: string;

  const record = async <T extends RecordType>(runId: string, type: T, data: RecordData[T]): Promise<void> => {
    const actor = { type: 'user', name: 'ada' } as const;
    await agent.journal.append({ runId, incidentId, actor, type, data } as NewRecord);
  };
  const begin = (runId: string, mode: 'plan' | 'approval') =>
    record(runId, 'RunStarted', { alert: { id: incidentId, title: 'Pods restart' }, mode, context: 'prod' });
  const end = (runId: string) =>
    record(runId, 'RunEnded', { status: 'resolved', message: 'The finding is gone and stayed gone' });
  const stored = () => {
    const incident = pagerduty.store.find(incidentId);
    assert.ok(incident);
    return incident;
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<OncallAgent>('oncall-agent.oncall-agent');
    assert.ok(extension);
    agent = await extension.activate();
    await agent.open();
    pagerduty = await startPagerDuty();
    process.env[variable] = pagerduty.token;
    await set('pagerduty.writeNotes', true);
    await set('pagerduty.pollIntervalSeconds', 60);
    await set('pagerduty.baseUrl', pagerduty.baseUrl);
    await until('PagerDuty was asked', () => pagerduty.requests.length > 0);
  });

  beforeEach(async () => {
    incidentId = pagerduty.raise({ summary: 'Pods restart' }).id;
    await vscode.commands.executeCommand('oncall.refresh');
  });

  after(async () => {
    Reflect.deleteProperty(process.env, variable);
    for (const key of settings) await set(key, undefined);
    await pagerduty.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('acknowledges when a run begins and adds one note when it has ended; in plan mode it writes nothing', async () => {
    const planned = stored();
    await begin('run-in-plan-mode', 'plan');
    await end('run-in-plan-mode');

    incidentId = pagerduty.raise({ summary: 'Pods restart again' }).id;
    await vscode.commands.executeCommand('oncall.refresh');
    await begin('run-of-the-note', 'approval');
    await until('the incident is acknowledged', () => stored().status === 'acknowledged');
    assert.equal(stored().notes.length, 0);
    await end('run-of-the-note');
    await until('the note is there', () => stored().notes.length > 0);
    assert.match(stored().notes[0]?.content ?? '', /^Written by Oncall Agent, automatically\./);
    assert.equal(stored().notes.length, 1);
    assert.deepEqual(
      planned.log.map(({ type }) => type),
      ['trigger_log_entry'],
    );
  });

  it('makes a report of an incident that can be saved as Markdown', async () => {
    await begin('run-of-the-report', 'approval');
    await end('run-of-the-report');
    await vscode.commands.executeCommand('oncall.exportIncidentReport', 'run-of-the-report');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'markdown');
    assert.equal(document.isUntitled, true);
    const text = document.getText();
    assert.match(text, /^# Incident report: Pods restart\n/);
    assert.match(text, /\| Paged \| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \|/);
    assert.match(text, /run begun in approval mode, context prod/);
    assert.match(text, /The hash chains of the journal are whole/);
  });
});
