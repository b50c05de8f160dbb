/** The circuit breaker and the automation as a whole in a real VS Code, where another window of the same machine acts. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import type { NewRecord } from '../../src/domain/record.ts';
import { Journal } from '../../src/journal/journal.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import {
  executionFinished,
  executionStarted,
  fresh,
  started,
  step,
  verificationFinished,
} from '../unit/journal/records.ts';
import { Person } from './person.ts';

const failures = 5;

/** A run that carried its step out and did not help. */
function failedRun(run: number): NewRecord[] {
  const argv = ['kubectl', 'scale', `deployment/ledger-${run}`, '--replicas=3', '-n', 'shop'];
  const one = step('s1', { argv, command: argv.join(' ') });
  return [
    started(),
    fresh('Planned', { steps: [one] }),
    executionStarted(one, true),
    executionFinished('s1'),
    fresh('VerificationStarted', { stepId: 's1' }),
    verificationFinished('s1', false, '1 of 3 replicas ready'),
    fresh('RunEnded', { status: 'unresolved', message: 'Not over' }),
  ].map((record) => ({ ...record, runId: `run-${run}`, incidentId: `Q${run}` }));
}

describe('What another window does', () => {
  let scratch: Scratch;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  let panel: Frame;
  /** The other window's. */
  let journal: Journal;

  before(async () => {
    scratch = await scratchFolder('breaker');
    const directory = join(scratch.path, 'journal');
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    journal = new Journal({ directory });
    await journal.open();
    vscode = await startVSCode({
      extensionPath: root,
      // With it, VS Code would not show notifications.
      smokeTestDriver: false,
      folder,
      env: testEnvironment(),
      userSettings: { 'workbench.colorTheme': themes.dark, 'oncall.mode': 'approval' },
      machineSettings: { 'oncall.audit.directory': directory },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await journal?.close();
    await workbench?.close();
    await vscode?.close();
    await scratch?.remove();
  });

  const rows = (): Locator => panel.locator('.entries > tbody');
  const opened = (): Locator =>
    person.notification(`The circuit breaker opened after ${failures} failures in a row`);
  /** Waits until the panel lists so many lines, the newest of them this one. */
  const lists = (count: number, newest: RegExp) =>
    waitFor(
      `${count} lines, the first with ${newest.source}`,
      async () =>
        (await rows().count()) === count && newest.test(await rows().first().innerText()) ? true : undefined,
      { timeoutMs: 60_000 },
    );

  it('appears in an audit log that is open, as it happens', async () => {
    await person.openIncidents();
    panel = await person.auditLog();
    await panel.getByText('Nothing has been decided yet').waitFor();
    for (const record of failedRun(1)) await journal.append(record);
    await lists(1, /failed[^]*ledger-1/);
    assert.equal(await opened().count(), 0);
  });

  it('trips the breaker here too: it is told once, stands in the status bar, and leads to the failures', async () => {
    for (let run = 2; run <= failures; run++) {
      for (const record of failedRun(run)) await journal.append(record);
    }
    await opened().waitFor({ timeout: 60_000 });
    await person.statusSays('breaker open');
    await lists(failures, /failed[^]*ledger-5/);
    assert.equal(await opened().count(), 1);
    await workbench.screenshot('breaker-open');
    await opened().getByText('Show Failures').click();
    const listed = workbench.page.locator('.quick-input-list .monaco-list-row');
    await listed.filter({ hasText: 'ledger-5' }).waitFor();
    assert.equal(await listed.count(), failures);
    await workbench.screenshot('breaker-failures');
    await workbench.page.keyboard.press('Escape');
  });

  it('holds over a reload, and is closed by Reset, which the audit log names with whoever did it', async () => {
    await workbench.page.reload();
    await opened().waitFor({ timeout: 60_000 });
    await person.statusSays('breaker open');
    await opened().getByText('Reset').click();
    const status = workbench.page.locator('.statusbar-item[id="oncall-agent.oncall-agent.oncall.status"]');
    await waitFor(
      'the status bar says nothing of the breaker',
      async () => ((await status.innerText()).includes('breaker') ? undefined : true),
      { timeoutMs: 60_000 },
    );
    panel = await person.auditLog();
    await lists(failures + 1, /Reset the circuit breaker/);
    await rows().first().locator('button.command').click();
    await panel.getByText(`The circuit breaker was open: ${failures} failures in a row`).waitFor();
    await workbench.screenshot('breaker-reset');
  });

  it('stops automation here too, and the audit log says so', async () => {
    await journal.append(fresh('AutomationStopped', {}, { runId: null, incidentId: null }));
    await person.statusSays('stopped');
    await lists(failures + 2, /Stop all automation/);
  });
});
